-- A run is found by its id; what happened around it by time and by identity.
CREATE INDEX events_by_run ON events (run_id, occurred_at) WHERE run_id IS NOT NULL;

-- Up to when the trails of production deployments were checked.
CREATE TABLE trail_head (
    one        boolean PRIMARY KEY DEFAULT true CHECK (one),
    checked_to timestamptz NOT NULL DEFAULT '-infinity'
);
INSERT INTO trail_head DEFAULT VALUES;
