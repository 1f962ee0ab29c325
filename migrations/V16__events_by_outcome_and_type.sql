-- What did not simply take effect, by type: "which charge.refunded died" must not read every charge.refunded.
CREATE INDEX events_outcome_type ON events (outcome, type, received_at DESC, id DESC) WHERE outcome <> 'processed';
