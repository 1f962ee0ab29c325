-- Keeps the last 20 deliveries of an endpoint and reason, and nothing that is older than 30 days.
WITH counts AS (
    DELETE FROM rejections WHERE hour < now() - interval '30 days'
), old AS (
    DELETE FROM rejection_samples WHERE at < now() - interval '30 days'
)
DELETE FROM rejection_samples WHERE id IN (
    SELECT id FROM rejection_samples WHERE endpoint = $1 AND reason = $2 ORDER BY id DESC OFFSET 20)
