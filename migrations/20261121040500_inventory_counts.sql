-- Counts beside the facets of the inventory, kept instead of counted: grouping 100,000 rows for each page took a third
-- of a second. What time alone changes (overdue, due soon) is judged when a row is written and kept with the moment at
-- which it turns; a reader judges the few rows anew that have turned since, so that counts are exact at any moment.
ALTER TABLE identities
    ADD COLUMN rotation_state text NOT NULL DEFAULT 'unknown_age',
    ADD COLUMN review_state   text NOT NULL DEFAULT 'never',
    ADD COLUMN judged_at      timestamptz NOT NULL DEFAULT '-infinity',
    ADD COLUMN turns_at       timestamptz NOT NULL DEFAULT 'infinity';

-- The same judgement as store::identities::{ROTATION_SQL, REVIEW_SQL}. A row turns when now reaches one of its moments.
CREATE FUNCTION judge_identity_times() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    at   CONSTANT timestamptz := transaction_timestamp();
    soon CONSTANT interval := interval '14 days';
BEGIN
    NEW.rotation_state := CASE WHEN NEW.rotation_due_at < at THEN 'overdue'
        WHEN NEW.rotation_unknown THEN 'unknown_age'
        WHEN NEW.rotation_due_at <= at + soon THEN 'due_soon'
        WHEN NEW.rotation_due_at IS NULL THEN 'not_needed' ELSE 'ok' END;
    NEW.review_state := CASE WHEN NEW.next_review_at < at THEN 'overdue'
        WHEN NEW.next_review_at <= at + soon THEN 'due_soon'
        WHEN NEW.last_reviewed_at IS NULL THEN 'never' ELSE 'ok' END;
    NEW.judged_at := at;
    SELECT COALESCE(min(moment), 'infinity') INTO NEW.turns_at
    FROM unnest(ARRAY[NEW.rotation_due_at - soon, NEW.rotation_due_at, NEW.next_review_at - soon, NEW.next_review_at])
        AS moment
    WHERE moment >= at;
    RETURN NEW;
END $$;

CREATE TRIGGER identities_judge_times
    BEFORE INSERT OR UPDATE OF rotation_due_at, rotation_unknown, next_review_at, last_reviewed_at, judged_at
    ON identities FOR EACH ROW EXECUTE FUNCTION judge_identity_times();

UPDATE identities SET judged_at = judged_at;

CREATE INDEX identities_by_turn ON identities (turns_at);
CREATE INDEX identities_by_judgement ON identities (judged_at);

-- Sums of `n` by everything else are how many identities are alike. Writers only ever add rows, so that they never wait
-- for each other; a job folds them together.
CREATE TABLE identity_counts (
    kind             text NOT NULL,
    state            text NOT NULL,
    platform         text NOT NULL,
    environments     text[] NOT NULL,
    team_id          uuid,
    unowned          boolean NOT NULL,
    credential_class text NOT NULL,
    tier             text NOT NULL,
    rotation_state   text NOT NULL,
    review_state     text NOT NULL,
    n                bigint NOT NULL,
    folded           boolean NOT NULL DEFAULT false
);

INSERT INTO identity_counts
SELECT kind, state, platform, environments, team_id, team_id IS NULL OR owner_id IS NULL, credential_class, tier,
    rotation_state, review_state, count(*), true
FROM identities GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10;

CREATE FUNCTION count_identities() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO identity_counts
    SELECT kind, state, platform, environments, team_id, team_id IS NULL OR owner_id IS NULL, credential_class, tier,
        rotation_state, review_state, count(*) * TG_ARGV[0]::int
    FROM changed GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10;
    RETURN NULL;
END $$;

CREATE TRIGGER identities_count_new AFTER INSERT ON identities
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_identities('1');
CREATE TRIGGER identities_count_gone AFTER DELETE ON identities
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_identities('-1');

CREATE FUNCTION recount_identity() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO identity_counts VALUES
        (OLD.kind, OLD.state, OLD.platform, OLD.environments, OLD.team_id, OLD.team_id IS NULL OR OLD.owner_id IS NULL,
         OLD.credential_class, OLD.tier, OLD.rotation_state, OLD.review_state, -1),
        (NEW.kind, NEW.state, NEW.platform, NEW.environments, NEW.team_id, NEW.team_id IS NULL OR NEW.owner_id IS NULL,
         NEW.credential_class, NEW.tier, NEW.rotation_state, NEW.review_state, 1);
    RETURN NULL;
END $$;

-- Not on `last_used_at`, `risk` and the like, which change all the time and count for no facet.
CREATE TRIGGER identities_recount
    AFTER UPDATE OF kind, state, platform, environments, team_id, owner_id, credential_class, tier, rotation_due_at,
        rotation_unknown, next_review_at, last_reviewed_at, judged_at ON identities FOR EACH ROW
    WHEN ((OLD.kind, OLD.state, OLD.platform, OLD.environments, OLD.team_id, OLD.team_id IS NULL OR OLD.owner_id IS NULL,
           OLD.credential_class, OLD.tier, OLD.rotation_state, OLD.review_state)
        IS DISTINCT FROM
          (NEW.kind, NEW.state, NEW.platform, NEW.environments, NEW.team_id, NEW.team_id IS NULL OR NEW.owner_id IS NULL,
           NEW.credential_class, NEW.tier, NEW.rotation_state, NEW.review_state))
    EXECUTE FUNCTION recount_identity();

CREATE FUNCTION uncount_identities() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM identity_counts;
    RETURN NULL;
END $$;

CREATE TRIGGER identities_uncount AFTER TRUNCATE ON identities
    FOR EACH STATEMENT EXECUTE FUNCTION uncount_identities();
