-- Where an order of this id is registered; without a mode for the mode of its first payment.
SELECT account, livemode FROM orders WHERE id = $1 AND registered
