-- The rate out, for the overview. Events are processed about in the order in which they are stored, so a few
-- bytes for each range of pages do; a B-tree would cost the workers a write for each event.
CREATE INDEX events_processed ON events USING brin (processed_at) WITH (autosummarize = on);
