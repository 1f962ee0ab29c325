-- What is known of a refund or dispute beyond the first few of a payment, which the payment's own `state` holds; null
-- for those.
ALTER TABLE refunds ADD COLUMN versions jsonb;
ALTER TABLE disputes ADD COLUMN versions jsonb;
