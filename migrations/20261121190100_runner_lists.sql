-- Runners that a list names, whether an event told of them or not: when it did, and whether they were online then. One
-- that nobody has seen yet has the time of its first listing as first and last seen.
ALTER TABLE runners ALTER COLUMN event_id DROP NOT NULL;
ALTER TABLE runners ADD COLUMN listed_at timestamptz, ADD COLUMN online boolean,
    ADD COLUMN seen boolean NOT NULL DEFAULT true;
