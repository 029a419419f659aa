-- How long events are kept, and what is left of those that are gone. `event_days` stays: counts tell of nobody's record.

-- Whole months a source's events are kept; absent: as the configuration says for all (`events.keep_months`).
ALTER TABLE sources ADD COLUMN keep_months integer,
    ADD CONSTRAINT sources_keep_months_sane CHECK (keep_months BETWEEN 4 AND 240);

-- What was removed: a month of a source at a time. Whoever stands before `last_position` in the feed has missed something
-- and is told (410); the walk along the feed's chain takes these places' hashes as they are.
CREATE TABLE event_purges (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    month         date NOT NULL,
    source_id     uuid NOT NULL,
    events        bigint NOT NULL DEFAULT 0,
    last_position bigint NOT NULL,
    purged_at     timestamptz NOT NULL
);
CREATE INDEX event_purges_by_month ON event_purges (month, source_id);

-- Events that findings cite, kept when their month goes. A column added to `events` is added here too, last in both.
CREATE TABLE cited_events (LIKE events INCLUDING DEFAULTS, PRIMARY KEY (id));
CREATE INDEX findings_by_event ON findings USING gin (events);

-- The feed's places up to here are gone: position and hash of the last, from which its chain is walked.
ALTER TABLE feed_head ADD COLUMN base_position bigint NOT NULL DEFAULT 0,
    ADD COLUMN base_hash bytea NOT NULL DEFAULT decode(repeat('00', 32), 'hex');

-- Rows a reader had not read are gone: it is told until it begins anew.
ALTER TABLE feed_consumers ADD COLUMN outrun boolean NOT NULL DEFAULT false;
ALTER TABLE destinations ADD COLUMN outrun boolean NOT NULL DEFAULT false;
