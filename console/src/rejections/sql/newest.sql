-- Twenty of each endpoint and reason are kept.
SELECT at, endpoint, reason, path, client, user_agent, skew, v1, v0, body_bytes, body_sha256, diagnosis
FROM rejection_samples WHERE at >= $1 ORDER BY id DESC
