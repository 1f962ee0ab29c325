-- :events events with what they touched, :letters dead letters. For the plan test and the benchmark.
INSERT INTO orders (id, livemode, customer, amount, currency, registered, status, amount_paid, created_at)
SELECT 'order-' || n, false, 'cus_' || n % 20000, 1999, 'usd', true, 'paid', 1999, now() - (:events / 5 - n) * interval '5 seconds'
FROM generate_series(1, :events / 5) n;
INSERT INTO payments (id, order_id, customer, currency, amount, amount_paid, status)
SELECT 'pi_' || n, 'order-' || n, 'cus_' || n % 20000, 'usd', 1999, 1999, 'paid' FROM generate_series(1, :events / 5) n;
INSERT INTO charges SELECT 'ch_' || n, 'pi_' || n FROM generate_series(1, :events / 5) n;
INSERT INTO events (id, type, created, livemode, account, api_version, object_id, received_at, outcome, attempts, reason, last_error,
                    next_attempt_at, processed_at, payload)
SELECT 'evt_' || n,
       (ARRAY['payment_intent.succeeded','charge.succeeded','payment_intent.created','checkout.session.completed','charge.refunded'])[n % 5 + 1],
       now() - (:events - n) * interval '1 second', false,
       CASE WHEN n % 5000 = 4 THEN 'acct_' || n / 5000 END, '2025-03-31.basil', 'pi_' || n / 5,
       now() - (:events - n) * interval '1 second',
       CASE WHEN n % 10 = 3 THEN 'dead' WHEN n % 997 = 0 THEN 'retrying' WHEN n % 7 = 0 THEN 'ignored' ELSE 'processed' END,
       1, CASE WHEN n % 10 = 3 THEN 'amount_mismatch' END, CASE WHEN n % 10 = 3 THEN 'amount_mismatch: order 1999 usd, payment 999 usd' END,
       CASE WHEN n % 10 <> 3 AND n % 997 = 0 THEN now() END,
       CASE WHEN n % 10 <> 3 AND n % 997 <> 0 THEN now() - (:events - n) * interval '1 second' + interval '40 ms' END,
       ('{"id":"evt_' || n || '","data":{"object":{"id":"pi_' || n / 5 || '","note":"' || repeat(md5(n::text), 6) || '"}}}')::json
FROM generate_series(1, :events) n;
INSERT INTO effects SELECT 'payment', 'pi_' || n / 5, 'evt_' || n, now(), '{"from":{},"to":{"status":"paid"},"messages":[]}'
FROM generate_series(5, :events) n WHERE n % 10 <> 3;
INSERT INTO effects SELECT 'order', 'order-' || n / 5, 'evt_' || n, now(), '{"from":{},"to":{"status":"paid"},"messages":[]}'
FROM generate_series(5, :events) n WHERE n % 10 <> 3 AND n % 2 = 0;
INSERT INTO dead_letters (event_id, type, reason, error, attempts, payload, first_failed_at, dead_at, state, refs,
                          account, livemode)
SELECT 'evt_' || n * 10 - 7, (ARRAY['payment_intent.succeeded','charge.succeeded','charge.refunded'])[n % 3 + 1],
       (ARRAY['amount_mismatch','order_not_found','missing_field','handler_panic'])[n % 4 + 1],
       'kind ' || chr(97 + n % 20) || ': order order-' || n || ' 1999 usd, payment ' || n % 5000 || ' usd', 1,
       convert_to(repeat(md5(n::text), 40), 'UTF8'), now(), now() - n * interval '20 seconds',
       CASE WHEN n % 10 = 0 THEN 'resolved' ELSE 'open' END, ARRAY['order-' || n, 'pi_' || n, 'cus_' || n % 20000],
       CASE WHEN n % 1000 = 4 THEN 'acct_' || n / 1000 ELSE '' END, false
FROM generate_series(1, :letters) n;
INSERT INTO audit (actor, action, subject, reason) SELECT 'user:anna', 'dead.replay', 'dead_letter:' || n, 'x' FROM generate_series(1, 2000) n;
INSERT INTO outbox (key, topic, lasting, payload) SELECT 'order.paid/order-' || n, 'order.paid', true, '{}' FROM generate_series(1, :events / 5) n;
INSERT INTO outbox_sent SELECT id, now() FROM outbox;
DELETE FROM outbox_owed;
INSERT INTO outbox_delivered SELECT id, 'http', now() FROM outbox;
INSERT INTO outbox_deliveries (outbox_id, destination, partition, state, attempts, sent_at)
SELECT id, 'http', 'self/test/order/' || id, 'sent', 2, now() FROM outbox;
