-- What deliveries add to `event_days`, until a job folds it in. Each delivery updated the rows of its days itself:
-- hundreds of rows, each waited for by the next delivery of its source. `event_day_counts` is both together, exact at any
-- time; it has several rows of a day.
CREATE TABLE event_day_changes (
    source_id   uuid NOT NULL,
    identity_id uuid NOT NULL,
    day         date NOT NULL,
    succeeded   bigint NOT NULL,
    failed      bigint NOT NULL
);
-- An identity's days are asked for in many places.
CREATE INDEX event_day_changes_by_identity ON event_day_changes (identity_id, day);
CREATE VIEW event_day_counts AS
    SELECT source_id, identity_id, day, succeeded, failed FROM event_days
    UNION ALL SELECT source_id, identity_id, day, succeeded, failed FROM event_day_changes;
