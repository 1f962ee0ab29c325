INSERT INTO rejection_samples (at, endpoint, reason, path, client, user_agent, skew, v1, v0, body_bytes, body_sha256, diagnosis)
SELECT to_timestamp(s.at), $1, $2, s.path, s.client, s.user_agent, s.skew, s.v1, s.v0,
       (s.body ->> 'bytes')::bigint, s.body ->> 'sha256', s.diagnosis
FROM jsonb_to_recordset($3::jsonb)
     AS s (at bigint, path text, client text, user_agent text, skew bigint, v1 boolean, v0 boolean, body jsonb, diagnosis jsonb)
