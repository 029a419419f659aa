-- Rotations with an overlap, limits somebody set, break-glass uses and drills, and each identity's risk over time.
ALTER TABLE credentials
    -- The newer one that retires it, and until when both are valid.
    ADD COLUMN replaced_by   uuid REFERENCES credentials ON DELETE SET NULL,
    ADD COLUMN overlap_until timestamptz,
    ADD COLUMN revoked_at    timestamptz,
    ADD COLUMN first_used_at timestamptz,
    ADD CONSTRAINT credentials_overlap_whole CHECK (replaced_by IS NULL OR overlap_until IS NOT NULL);
CREATE INDEX credentials_by_successor ON credentials (replaced_by) WHERE replaced_by IS NOT NULL;

-- The first use is the earliest anybody told of; what notes the last use need not know of it.
CREATE FUNCTION credentials_note_first_use() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.first_used_at := LEAST(NEW.first_used_at, NEW.last_used_at);
    RETURN NEW;
END $$;
CREATE TRIGGER credentials_first_use BEFORE INSERT OR UPDATE OF last_used_at ON credentials
    FOR EACH ROW EXECUTE FUNCTION credentials_note_first_use();
UPDATE credentials SET first_used_at = last_used_at WHERE last_used_at IS NOT NULL;

CREATE TABLE rotation_policies (
    id              uuid PRIMARY KEY,
    tier            text,
    team_id         uuid REFERENCES teams ON DELETE CASCADE,
    identity_id     uuid REFERENCES identities ON DELETE CASCADE,
    -- Every stored type when absent.
    credential_type text,
    days            integer NOT NULL,
    reason          text NOT NULL,
    set_by          text NOT NULL,
    set_at          timestamptz NOT NULL,
    CONSTRAINT rotation_policies_one_scope CHECK (num_nonnulls(tier, team_id, identity_id) = 1),
    CONSTRAINT rotation_policies_days CHECK (days BETWEEN 1 AND 730),
    CONSTRAINT rotation_policies_key UNIQUE NULLS NOT DISTINCT (tier, team_id, identity_id, credential_type)
);

ALTER TABLE identities ADD COLUMN break_glass_since timestamptz;

-- A day of use matched to its ticket, or a drill with its outcome.
CREATE TABLE break_glass_records (
    id          uuid PRIMARY KEY,
    identity_id uuid NOT NULL REFERENCES identities ON DELETE CASCADE,
    kind        text NOT NULL,
    day         date NOT NULL,
    ticket      text NOT NULL,
    worked      boolean,
    note        text NOT NULL DEFAULT '',
    by_id       uuid REFERENCES people,
    at          timestamptz NOT NULL,
    CONSTRAINT break_glass_records_kind CHECK (kind IN ('use', 'drill')),
    CONSTRAINT break_glass_records_drill_has_outcome CHECK ((kind = 'drill') = (worked IS NOT NULL)),
    CONSTRAINT break_glass_records_key UNIQUE (identity_id, kind, day)
);

-- The score of a day, written only when it differs from the one before.
CREATE TABLE risk_days (
    identity_id uuid NOT NULL REFERENCES identities ON DELETE CASCADE,
    day         date NOT NULL,
    risk        integer NOT NULL,
    CONSTRAINT risk_days_key PRIMARY KEY (identity_id, day)
);
