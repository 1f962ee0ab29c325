-- The destinations are those of this relay's settings; what waits for one that is gone stays. A paused one stays paused,
-- unless it comes back.
WITH entered AS (
    INSERT INTO outbox_destinations (name, topics)
    SELECT name, string_to_array(topics, ' ') FROM unnest($1::text[], $2::text[]) AS wanted (name, topics)
    ON CONFLICT (name) DO UPDATE
        SET topics = excluded.topics, updated_at = now(),
            state = CASE outbox_destinations.state WHEN 'removed' THEN 'active' ELSE outbox_destinations.state END
)
UPDATE outbox_destinations SET state = 'removed', resume_at = NULL, updated_at = now()
WHERE name <> ALL ($1) AND state <> 'removed'
