-- E-mail and alerts are destinations of the relay: `mail` (customers), `alert:mail`, `alert:mail:2` … (the addresses of
-- ALERT_TO) and `alert:url` (ALERT_URL).

-- skipped: there is nothing to send; last_error says why (no address is known, it is no longer true).
ALTER TABLE outbox_deliveries DROP CONSTRAINT outbox_deliveries_state_check;
ALTER TABLE outbox_deliveries ADD CONSTRAINT outbox_deliveries_state_check
    CHECK (state IN ('pending', 'sent', 'failed', 'skipped'));

-- What staff are alerted of besides Stripe's events, one row for each thing that they hear of at most once an hour. The
-- alert itself is a row of `outbox` for the alert destinations alone.
CREATE TABLE alerts (
    topic       text        NOT NULL CHECK (topic IN ('alert.dead_letters', 'alert.delivery_failed')),
    -- The fingerprint of dead letters, or the destination. '' is the mark up to which dead letters were looked at.
    about       text        NOT NULL,
    -- There is something that staff have not heard of.
    pending     boolean     NOT NULL,
    -- The newest dead letter that was looked at.
    noted_until timestamptz,
    raised_at   timestamptz,
    PRIMARY KEY (topic, about)
);
CREATE INDEX alerts_pending ON alerts (topic) WHERE pending;

-- For what has died since the relay looked last.
CREATE INDEX dead_letters_open_since ON dead_letters (state_at) WHERE state = 'open';
