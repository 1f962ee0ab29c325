-- How long messages wait, without touching them: a look at the head of a quorum queue counts as a delivery.

-- When the newest event was received that this worker has settled. Null: none yet, or an older worker.
ALTER TABLE workers ADD COLUMN settled_through timestamptz;

-- What waits in a queue now was received after this: it was seen empty then, or its workers have come that far.
CREATE TABLE queue_marks (
    queue        text PRIMARY KEY,
    oldest_after timestamptz NOT NULL
);
