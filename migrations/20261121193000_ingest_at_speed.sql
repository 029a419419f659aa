-- What joins an event to others (domain::event::Joins, as JSON; members that say nothing are left out), kept beside the
-- record so that judging an event does not mean reading its record again. Absent in rows kept before: read from the record.
ALTER TABLE events ADD COLUMN joins json;
ALTER TABLE cited_events ADD COLUMN joins json;

-- The queue holds a row a delivery (or a part of a long one), not a row an event: written, indexed and deleted event by
-- event it cost as much as the feed itself.
ALTER TABLE feed_queue RENAME TO feed_queue_before;
CREATE TABLE feed_queue (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source_id uuid NOT NULL,
    -- How many events; what follows says as much of each, in the order of the delivery.
    events    integer NOT NULL,
    event_ids uuid[] NOT NULL,
    times     timestamptz[] NOT NULL,
    -- SHA-256 of each canonical event (domain::event::chain), 32 bytes each: what the feed's hash chain links.
    digests   bytea NOT NULL,
    first_at  timestamptz NOT NULL,
    last_at   timestamptz NOT NULL,
    CONSTRAINT feed_queue_whole CHECK (events = cardinality(event_ids) AND events = cardinality(times)
        AND 32 * events = octet_length(digests))
);
-- Ids and hashes do not compress: not to be tried.
ALTER TABLE feed_queue ALTER event_ids SET STORAGE EXTERNAL, ALTER digests SET STORAGE EXTERNAL;
INSERT INTO feed_queue (source_id, events, event_ids, times, digests, first_at, last_at)
    SELECT source_id, 1, ARRAY[event_id], ARRAY[occurred_at], digest, occurred_at, occurred_at FROM feed_queue_before ORDER BY id;
DROP TABLE feed_queue_before;
