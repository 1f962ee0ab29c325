-- What support staff search by: ids in any case, parts of an order's id, amounts, numbers of invoices, reference codes,
-- and personal data as keyed hashes.

-- Keyed hashes (HMAC-SHA256 under SEARCH_SECRET, the first 16 bytes) of e-mail addresses, words of names and last four
-- digits: the table shows none of them. There are rows only while the setting is set.
CREATE TABLE search_keys (
    hash      bytea   NOT NULL CHECK (octet_length(hash) = 16),
    -- What the person or the card was named by: a payment intent, a subscription, a customer …
    object_id text    NOT NULL,
    -- The connected account; '' is the company's own.
    account   text    NOT NULL,
    livemode  boolean NOT NULL,
    PRIMARY KEY (hash, object_id)
);
-- For removing a person.
CREATE INDEX search_keys_object ON search_keys (object_id);

-- How far the events that were received before SEARCH_SECRET was set have been read. One row.
CREATE TABLE search_progress (
    single      boolean     PRIMARY KEY DEFAULT true CHECK (single),
    -- A hash under the secret itself: another secret begins anew.
    secret_mark bytea       NOT NULL,
    -- The last event that was read, by id; '' is none.
    event_id    text        NOT NULL DEFAULT '',
    events      bigint      NOT NULL DEFAULT 0 CHECK (events >= 0),
    finished_at timestamptz
);

-- As the customer reads it on the invoice.
ALTER TABLE invoices ADD COLUMN number text;
CREATE INDEX invoices_number ON invoices (lower(number)) WHERE number IS NOT NULL;

CREATE INDEX orders_id_text ON orders USING gin (lower(id) gin_trgm_ops);
CREATE INDEX orders_reference_code ON orders (lower(reference_code)) WHERE reference_code IS NOT NULL;
CREATE INDEX orders_amount ON orders (amount, number DESC) WHERE amount IS NOT NULL;
CREATE INDEX payments_amount ON payments (amount, id DESC) WHERE amount IS NOT NULL;
CREATE INDEX refunds_amount ON refunds (amount, id DESC);
CREATE INDEX invoices_amount ON invoices (amount_due, id DESC);

-- Ids without their case. Hash indexes: they hold four bytes of an id, whatever its length.
CREATE INDEX events_id_lower ON events USING hash (lower(id));
CREATE INDEX events_object_lower ON events USING hash (lower(object_id));
CREATE INDEX payments_id_lower ON payments USING hash (lower(id));
CREATE INDEX payments_customer_lower ON payments (lower(customer)) WHERE customer IS NOT NULL;
CREATE INDEX subscriptions_customer_lower ON subscriptions (lower(customer)) WHERE customer IS NOT NULL;
CREATE INDEX charges_id_lower ON charges USING hash (lower(id));

-- Lists by the beginning of a type, and by the endpoint that received an event.
CREATE INDEX dead_letters_type_prefix ON dead_letters (type text_pattern_ops, id DESC);
CREATE INDEX events_endpoint ON events (endpoint, received_at DESC, id DESC) WHERE endpoint IS NOT NULL;

-- Each attempt at an event that failed: `events` holds the last one alone.
CREATE TABLE event_attempts (
    event_id text        NOT NULL,
    at       timestamptz NOT NULL,
    -- As events.attempts counts it: a replay begins at 1 again.
    attempt  integer     NOT NULL,
    reason   text        NOT NULL,
    error    text        NOT NULL,
    -- Null: it was the last, and the event became a dead letter.
    next_at  timestamptz,
    PRIMARY KEY (event_id, at)
);

-- What an event's body says of order, customer, payment and money, for lists; null where it says nothing or is no event.
CREATE FUNCTION event_about(body text) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    object json;
    amount text;
BEGIN
    object := body::json #> '{data,object}';
    amount := coalesce(object ->> 'amount', object ->> 'amount_total', object ->> 'amount_due');
    RETURN nullif(jsonb_strip_nulls(jsonb_build_object(
        'order', coalesce(object #>> '{metadata,orderId}', object #>> '{metadata,order_id}', object ->> 'client_reference_id'),
        'customer', CASE WHEN object ->> 'object' = 'customer' THEN object ->> 'id'
                         ELSE coalesce(object #>> '{customer,id}', object ->> 'customer') END,
        'payment', CASE WHEN object ->> 'object' = 'payment_intent' THEN object ->> 'id'
                        ELSE coalesce(object #>> '{payment_intent,id}', object ->> 'payment_intent') END,
        'subscription', CASE WHEN object ->> 'object' = 'subscription' THEN object ->> 'id'
                             ELSE coalesce(object #>> '{parent,subscription_details,subscription}',
                                           object #>> '{subscription,id}', object ->> 'subscription') END,
        'amount', CASE WHEN amount ~ '^[0-9]{1,18}$' AND object ->> 'currency' IS NOT NULL THEN amount::bigint END,
        'currency', CASE WHEN amount ~ '^[0-9]{1,18}$' THEN object ->> 'currency' END)), '{}');
EXCEPTION WHEN OTHERS THEN
    -- No JSON, or a value that PostgreSQL's text does not take.
    RETURN NULL;
END
$$;

CREATE FUNCTION dead_letter_about(payload bytea) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RETURN event_about(convert_from(payload, 'UTF8'));
EXCEPTION WHEN OTHERS THEN
    RETURN NULL;
END
$$;

-- Generated: no writer can forget it.
ALTER TABLE dead_letters ADD COLUMN about jsonb GENERATED ALWAYS AS (dead_letter_about(payload)) STORED;
