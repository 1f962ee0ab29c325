DELETE FROM order_payments WHERE payment_id = ANY ($1)
