-- Says when the token was used, to the minute: not a write for each request.
WITH found AS (SELECT id, name, role, scope, last_used_at FROM tokens
               WHERE hash = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())),
     used AS (UPDATE tokens SET last_used_at = now()
              WHERE id = (SELECT id FROM found WHERE last_used_at IS NULL OR last_used_at < now() - interval '1 minute'))
SELECT name, role, scope FROM found
