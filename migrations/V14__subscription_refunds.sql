-- What was given back of a subscription's payments: a customer whose last payment was refunded in full has access until
-- somebody cancels the subscription, which the company wants to see.
ALTER TABLE subscriptions
    -- Minor units, over the payments of all its invoices.
    ADD COLUMN amount_refunded bigint NOT NULL DEFAULT 0 CHECK (amount_refunded >= 0),
    -- All that was paid of its newest paid invoice was refunded or lost to disputes.
    ADD COLUMN refunded boolean NOT NULL DEFAULT false;
