-- A finding is news again when it opens again or gets worse: whoever was told before is told once more.
ALTER TABLE findings
    -- How many times it has opened again.
    ADD COLUMN opening integer NOT NULL DEFAULT 0,
    -- When it last became news; absent: when it was opened.
    ADD COLUMN news_at timestamptz;
CREATE INDEX findings_by_news ON findings (COALESCE(news_at, opened_at)) WHERE state IN ('open', 'acknowledged');

CREATE FUNCTION finding_is_news() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    weights CONSTANT text[] := ARRAY['low', 'medium', 'high', 'critical'];
    opens CONSTANT boolean := NEW.state = 'open' AND OLD.state IN ('resolved', 'excepted');
BEGIN
    IF opens THEN
        NEW.opening := OLD.opening + 1;
    END IF;
    IF opens OR array_position(weights, NEW.severity) > array_position(weights, OLD.severity) THEN
        -- Whatever changes a finding leaves its moment in one of these.
        NEW.news_at := GREATEST(NEW.news_at, NEW.opened_at, NEW.seen_at, CASE WHEN opens THEN NEW.handled_at END);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER finding_news BEFORE UPDATE ON findings FOR EACH ROW
    WHEN (OLD.state IS DISTINCT FROM NEW.state OR OLD.severity IS DISTINCT FROM NEW.severity)
    EXECUTE FUNCTION finding_is_news();

-- What each was told last: which opening, and how bad it was then.
ALTER TABLE finding_notices
    ADD COLUMN opening integer NOT NULL DEFAULT 0,
    ADD COLUMN rank smallint NOT NULL DEFAULT 0;
UPDATE finding_notices n SET rank = f.rank FROM findings f WHERE f.id = n.finding_id;
ALTER TABLE finding_notices ALTER COLUMN opening DROP DEFAULT, ALTER COLUMN rank DROP DEFAULT;
