-- Rollcall's own record: append-only, hash-chained (domain::activity). The head row serialises appends.
CREATE TABLE activity (
    position    bigint PRIMARY KEY,
    at          timestamptz NOT NULL,
    actor_kind  text NOT NULL,
    actor_id    text NOT NULL,
    actor_name  text NOT NULL,
    action      text NOT NULL,
    object_kind text NOT NULL,
    object_id   text NOT NULL,
    object_name text NOT NULL,
    summary     text NOT NULL,
    changes     jsonb NOT NULL DEFAULT '[]',
    request_id  text NOT NULL,
    hash        bytea NOT NULL
);
CREATE INDEX activity_by_object ON activity (object_kind, object_id, position DESC);

CREATE TABLE activity_head (
    one      boolean PRIMARY KEY DEFAULT true CHECK (one),
    position bigint NOT NULL DEFAULT 0,
    hash     bytea NOT NULL DEFAULT decode(repeat('00', 32), 'hex')
);
INSERT INTO activity_head DEFAULT VALUES;

-- Nothing in the record is ever changed or removed by the application.
CREATE FUNCTION activity_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'activity is append-only' USING CONSTRAINT = 'activity_append_only';
END $$;
CREATE TRIGGER activity_append_only BEFORE UPDATE OR DELETE ON activity FOR EACH ROW EXECUTE FUNCTION activity_is_append_only();

-- Work to be done, enqueued in the transaction that caused it. Done rows are removed.
CREATE TABLE jobs (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind       text NOT NULL,
    payload    jsonb NOT NULL DEFAULT '{}',
    -- Equal pending work is kept once.
    dedupe_key text,
    run_at     timestamptz NOT NULL,
    attempts   integer NOT NULL DEFAULT 0,
    status     text NOT NULL DEFAULT 'waiting',
    failed_at  timestamptz,
    CONSTRAINT jobs_dedupe_key UNIQUE (kind, dedupe_key)
);
CREATE INDEX jobs_due ON jobs (run_at, id) WHERE failed_at IS NULL;

-- When each periodic job last ran, and with what result.
CREATE TABLE job_runs (
    kind     text PRIMARY KEY,
    ran_at   timestamptz NOT NULL,
    status   text NOT NULL
);

-- Sessions of tower-sessions. The id is stored hashed: a copy of this table signs nobody in.
CREATE TABLE sessions (
    id_hash    bytea PRIMARY KEY,
    -- Absent while somebody is on the way to the identity provider.
    person_id  uuid REFERENCES people,
    data       jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    -- Moves on with each request, but never beyond ends_at.
    expires_at timestamptz NOT NULL,
    ends_at    timestamptz NOT NULL
);
CREATE INDEX sessions_by_person ON sessions (person_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE api_tokens (
    id           uuid PRIMARY KEY,
    name         text NOT NULL,
    token_hash   bytea NOT NULL,
    hint         text NOT NULL,
    scopes       text[] NOT NULL,
    created_by   text NOT NULL,
    created_at   timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    last_used_at timestamptz,
    revoked_at   timestamptz,
    CONSTRAINT api_tokens_hash_key UNIQUE (token_hash),
    CONSTRAINT api_tokens_name_key UNIQUE (name),
    CONSTRAINT api_tokens_life CHECK (expires_at <= created_at + interval '90 days')
);
