UPDATE tokens SET revoked_at = now() WHERE (name = $1 OR id = $2) AND revoked_at IS NULL RETURNING name
