-- The same writes as the worker's, one event in one transaction: the event with its payload, its payment
-- and order (created with the first of four events, updated by all), what it did, and a message with the last.
\set n :n + 1
\set group :n / 4
\set last :n % 4
BEGIN;
INSERT INTO events (id, type, created, livemode, api_version, object_id, received_at, outcome, attempts, processed_at, payload)
VALUES ('evt_' || :client_id || '_' || :n, 'payment_intent.succeeded', now(), false, '2025-09-30.clover',
        'pi_' || :client_id || '_' || :group, now(), 'processed', 1, now(), (SELECT body FROM pgbench_body))
ON CONFLICT (id) DO NOTHING;
INSERT INTO payments (id) VALUES ('pi_' || :client_id || '_' || :group) ON CONFLICT (id) DO NOTHING;
SELECT id, order_id, state::text FROM payments WHERE id = 'pi_' || :client_id || '_' || :group FOR UPDATE;
INSERT INTO orders (account, livemode, id) VALUES ('', false, 'o_' || :client_id || '_' || :group)
ON CONFLICT (id, account, livemode) DO NOTHING;
SELECT id, state::text FROM orders
WHERE id = 'o_' || :client_id || '_' || :group AND account = '' AND livemode = false FOR UPDATE;
UPDATE payments
SET order_id = 'o_' || :client_id || '_' || :group, customer = 'cus_1', currency = 'usd', amount = 1999,
    amount_paid = 1999, status = 'paid', state = (SELECT state FROM pgbench_body), updated_at = now()
WHERE id = 'pi_' || :client_id || '_' || :group;
UPDATE orders
SET customer = 'cus_1', currency = 'usd', amount = 1999, amount_paid = 1999, status = 'paid',
    payment_intent = 'pi_' || :client_id || '_' || :group, state = '{"payments": {}}', updated_at = now()
WHERE id = 'o_' || :client_id || '_' || :group AND account = '' AND livemode = false;
INSERT INTO effects (aggregate, aggregate_id, event_id, at, change)
VALUES ('payment', 'pi_' || :client_id || '_' || :group, 'evt_' || :client_id || '_' || :n, now(), '{"to": {"status": "paid"}, "from": {"status": "pending"}}'),
       ('order', 'o_' || :client_id || '_' || :group, 'evt_' || :client_id || '_' || :n, now(), '{"to": {"status": "paid"}, "from": {"status": "pending"}}');
\if :last = 3
INSERT INTO outbox (key, topic, lasting, payload)
VALUES ('order.paid/o_' || :client_id || '_' || :group, 'order.paid', true, '{"order": "o", "amount": 1999, "currency": "usd"}')
ON CONFLICT (key, account, livemode) DO NOTHING;
\endif
COMMIT;
