-- Changes of findings as a feed of their own: noted in the transaction of the change, given a dense place and a monotone
-- time by whoever holds the head row, as events are.
CREATE TABLE finding_queue (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- State it left; absent when it is new.
    before  text,
    finding jsonb NOT NULL
);

CREATE TABLE finding_changes (
    position  bigint PRIMARY KEY,
    published timestamptz NOT NULL,
    before    text,
    -- The finding's row after the change, with the names of its identity and team as they were.
    finding   jsonb NOT NULL
);
CREATE INDEX finding_changes_by_published ON finding_changes (published, position);

CREATE TABLE finding_head (
    one       boolean PRIMARY KEY DEFAULT true CHECK (one),
    position  bigint NOT NULL DEFAULT 0,
    published timestamptz NOT NULL DEFAULT '-infinity'
);
INSERT INTO finding_head DEFAULT VALUES;

CREATE FUNCTION finding_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO finding_queue (before, finding)
    VALUES (CASE WHEN TG_OP = 'UPDATE' THEN OLD.state END, to_jsonb(NEW));
    RETURN NULL;
END $$;
CREATE TRIGGER finding_opened AFTER INSERT ON findings FOR EACH ROW EXECUTE FUNCTION finding_changed();
-- Being seen again is no change.
CREATE TRIGGER finding_updated AFTER UPDATE ON findings FOR EACH ROW
    WHEN ((OLD.state, OLD.severity, OLD.confidence, OLD.title, OLD.detail, OLD.evidence, OLD.note, OLD.excepted_until)
        IS DISTINCT FROM
        (NEW.state, NEW.severity, NEW.confidence, NEW.title, NEW.detail, NEW.evidence, NEW.note, NEW.excepted_until))
    EXECUTE FUNCTION finding_changed();
INSERT INTO finding_queue (finding) SELECT to_jsonb(f) FROM findings f ORDER BY f.opened_at, f.id;

-- The record is a feed already; `at` is when an operation began and may go back from one entry to the next.
ALTER TABLE activity ADD COLUMN published timestamptz NOT NULL DEFAULT clock_timestamp();
ALTER TABLE activity DISABLE TRIGGER activity_append_only;
UPDATE activity a SET published = q.published
FROM (SELECT position, max(date_trunc('milliseconds', at)) OVER (ORDER BY position) AS published FROM activity) q
WHERE q.position = a.position;
ALTER TABLE activity ENABLE TRIGGER activity_append_only;
CREATE INDEX activity_by_published ON activity (published, position);
ALTER TABLE activity_head ADD COLUMN published timestamptz NOT NULL DEFAULT '-infinity';
UPDATE activity_head SET published = COALESCE((SELECT max(a.published) FROM activity a), '-infinity');

-- Readers that keep no place of their own. A row is bound to one feed and one filter.
CREATE TABLE feed_consumers (
    name        text PRIMARY KEY,
    stream      text NOT NULL,
    -- Hash of the filter, and the filter as it was written.
    filter_hash text NOT NULL,
    filter      jsonb NOT NULL,
    epoch       uuid NOT NULL,
    -- Everything up to here was acknowledged.
    position    bigint NOT NULL,
    -- What was handed out last and not acknowledged yet: up to here, under this lease, until then.
    leased      bigint,
    lease       uuid,
    leased_until timestamptz,
    created_by  text NOT NULL,
    created_at  timestamptz NOT NULL,
    read_at     timestamptz,
    CONSTRAINT feed_consumers_lease_whole CHECK ((leased IS NULL) = (lease IS NULL) AND (leased IS NULL) = (leased_until IS NULL))
);
