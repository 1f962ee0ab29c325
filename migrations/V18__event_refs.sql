-- Ids that a rejected event names (order, customer, payment intent …). It has no effects to be found by while it
-- waits for its retry. A table beside `events`: the workers' hottest table takes no lock and no index for it.
CREATE TABLE event_refs (
    ref      text NOT NULL,
    event_id text NOT NULL,
    PRIMARY KEY (ref, event_id)
);
