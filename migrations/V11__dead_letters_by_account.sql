-- Support finds and replays dead letters and events by connected account and mode.

-- Few companies have connected accounts, and those look for one merchant's events among all.
CREATE INDEX events_account ON events (account, received_at DESC, id DESC) WHERE account IS NOT NULL;

ALTER TABLE dead_letters
    -- The connected account; '' is the company's own. Both are null where the body is no event, and in a row that a
    -- console of an older version stores.
    ADD COLUMN account  text,
    ADD COLUMN livemode boolean;

-- Those that somebody still has to look at: the table is locked until this commits, and the workers write to it.
UPDATE dead_letters d SET account = coalesce(e.account, ''), livemode = e.livemode
FROM events e WHERE e.id = d.event_id AND d.state IN ('open', 'replayed');

CREATE INDEX dead_letters_account ON dead_letters (account, id DESC) WHERE account <> '';
