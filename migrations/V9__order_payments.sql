-- Payments of an order beyond the first few, which the order's own `state` holds: what each amounts to for its order.
-- Whoever writes one holds the lock of the order's row.
CREATE TABLE order_payments (
    payment_id text    PRIMARY KEY,
    account    text    NOT NULL,
    livemode   boolean NOT NULL,
    order_id   text    NOT NULL,
    state      jsonb   NOT NULL
);
CREATE INDEX order_payments_order ON order_payments (order_id);
