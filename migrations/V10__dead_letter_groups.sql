-- What the console needs to find and group dead letters quickly.

-- Substring search over errors and ids. Part of PostgreSQL's own contrib, and trusted: no superuser needed.
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- An error without what differs from event to event: every word with a digit in it (ids, amounts, dates) is cut out.
CREATE FUNCTION error_shape(error text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN regexp_replace(left(error, 300), '[A-Za-z0-9_-]*[0-9][A-Za-z0-9_-]*', '#', 'g');

CREATE FUNCTION dead_letter_fingerprint(reason text, type text, error text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN substr(md5(reason || E'\n' || type || E'\n' || error_shape(error)), 1, 12);

ALTER TABLE dead_letters
    -- Generated: no writer can forget it, and it follows when an event dies again of something else.
    ADD COLUMN fingerprint text NOT NULL GENERATED ALWAYS AS (dead_letter_fingerprint(reason, type, error)) STORED,
    -- Every id the body names (order, customer, payment intent, charge …): a dead event has no effects to be found by.
    ADD COLUMN refs text[] NOT NULL DEFAULT '{}';

CREATE INDEX dead_letters_refs ON dead_letters USING gin (refs);
CREATE INDEX dead_letters_text ON dead_letters
    USING gin ((event_id || ' ' || type || ' ' || reason || ' ' || error) gin_trgm_ops);
CREATE INDEX dead_letters_fingerprint ON dead_letters (fingerprint, id DESC);
CREATE INDEX dead_letters_type ON dead_letters (type, id DESC);
CREATE INDEX dead_letters_reason ON dead_letters (reason, id DESC);
-- The group view reads this alone.
CREATE INDEX dead_letters_groups ON dead_letters (state, fingerprint, dead_at);
