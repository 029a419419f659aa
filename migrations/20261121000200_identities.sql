-- The roll. Columns below the line "kept by store" are derived in the same transaction as their facts,
-- so that the list filters and sorts on indexed columns instead of judging 100,000 rows at read time.
CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE TABLE identities (
    id               uuid PRIMARY KEY,
    name             text NOT NULL,
    kind             text NOT NULL,
    platform         text NOT NULL,
    state            text NOT NULL,
    purpose          text NOT NULL DEFAULT '',
    ticket           text NOT NULL DEFAULT '',
    justification    text NOT NULL DEFAULT '',
    environments     text[] NOT NULL DEFAULT '{}',
    tier             text NOT NULL DEFAULT 'standard',
    team_id          uuid REFERENCES teams,
    owner_id         uuid REFERENCES people,
    backup_owner_id  uuid REFERENCES people,
    requested_by     uuid REFERENCES people,
    requested_at     timestamptz,
    approved_by      uuid REFERENCES people,
    approved_at      timestamptz,
    -- Facts of the present state: who, when, why, watched until (shape: domain::identity::lifecycle).
    state_facts      jsonb NOT NULL DEFAULT '{}',
    -- Why events made us believe in it; only for discovered ones.
    discovery        jsonb,
    version          bigint NOT NULL DEFAULT 1,
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL,
    last_reviewed_at timestamptz,
    next_review_at   timestamptz,
    last_used_at     timestamptz,
    -- Kept by store:
    subject          text NOT NULL DEFAULT '',
    search_text      text NOT NULL DEFAULT '',
    credential_class text NOT NULL DEFAULT 'unknown',
    rotation_due_at  timestamptz,
    rotation_unknown boolean NOT NULL DEFAULT true,
    privileged       boolean NOT NULL DEFAULT false,
    risk             integer NOT NULL DEFAULT 0,
    risk_reasons     jsonb NOT NULL DEFAULT '[]',
    open_findings    integer NOT NULL DEFAULT 0,
    CONSTRAINT identities_name_key UNIQUE (name),
    CONSTRAINT identities_state_known CHECK (state IN ('discovered', 'requested', 'active', 'suspended', 'decommissioning', 'removed', 'rejected')),
    CONSTRAINT identities_risk_range CHECK (risk BETWEEN 0 AND 100)
);
-- One direction each, so that a page begins with one row comparison and page 2,000 costs what page 1 costs.
CREATE INDEX identities_by_risk ON identities (risk DESC, id DESC);
CREATE INDEX identities_by_last_used ON identities (COALESCE(last_used_at, '-infinity'::timestamptz) DESC, id DESC);
CREATE INDEX identities_by_next_review ON identities (COALESCE(next_review_at, 'infinity'::timestamptz), id);
CREATE INDEX identities_by_state ON identities (state);
CREATE INDEX identities_by_team ON identities (team_id, risk DESC, id);
CREATE INDEX identities_by_owner ON identities (owner_id);
CREATE INDEX identities_search ON identities USING gin (search_text gin_trgm_ops);

CREATE TABLE selectors (
    id          uuid PRIMARY KEY,
    identity_id uuid NOT NULL REFERENCES identities ON DELETE CASCADE,
    kind        text NOT NULL,
    issuer      text NOT NULL DEFAULT '',
    value       text NOT NULL,
    created_at  timestamptz NOT NULL,
    -- What events are matched by before domain::event::selectors judges exactly: the value without GitHub's
    -- numeric ids, and those ids alone (a renamed repository keeps them).
    coarse      text GENERATED ALWAYS AS (lower(regexp_replace(value, '@[0-9]+(?=[/:]|$)', '', 'g'))) STORED,
    numbers     text GENERATED ALWAYS AS (substring(value from '^(?:repo:)?[^/:]+@([0-9]+)/[^/:]+@[0-9]+(?::|$)') || '/'
                                       || substring(value from '^(?:repo:)?[^/:]+@[0-9]+/[^/:]+@([0-9]+)(?::|$)')) STORED,
    -- Two identities may not claim one name of the outside world.
    CONSTRAINT selectors_name_key UNIQUE (kind, issuer, value)
);
CREATE INDEX selectors_by_identity ON selectors (identity_id);
CREATE INDEX selectors_by_coarse ON selectors (kind, coarse);
CREATE INDEX selectors_by_numbers ON selectors (numbers) WHERE numbers IS NOT NULL;

CREATE TABLE credentials (
    id              uuid PRIMARY KEY,
    identity_id     uuid NOT NULL REFERENCES identities ON DELETE CASCADE,
    credential_type text NOT NULL,
    label           text NOT NULL,
    -- Key id or fingerprint; never a secret.
    reference       text NOT NULL DEFAULT '',
    issued_at       timestamptz,
    expires_at      timestamptz,
    rotated_at      timestamptz,
    last_used_at    timestamptz,
    created_by      uuid REFERENCES people,
    created_at      timestamptz NOT NULL
);
CREATE INDEX credentials_by_identity ON credentials (identity_id);
CREATE INDEX credentials_by_reference ON credentials (reference) WHERE reference <> '';

CREATE TABLE permissions (
    id           uuid PRIMARY KEY,
    identity_id  uuid NOT NULL REFERENCES identities ON DELETE CASCADE,
    system       text NOT NULL,
    action       text NOT NULL,
    resource     text NOT NULL,
    environment  text,
    privileged   boolean NOT NULL DEFAULT false,
    source       text NOT NULL DEFAULT 'declared',
    granted_at   timestamptz,
    last_used_at timestamptz,
    changed_by   uuid REFERENCES people,
    created_at   timestamptz NOT NULL,
    CONSTRAINT permissions_grant_key UNIQUE (identity_id, system, action, resource)
);

CREATE TABLE trusts (
    id          uuid PRIMARY KEY,
    identity_id uuid NOT NULL REFERENCES identities ON DELETE CASCADE,
    language    text NOT NULL,
    target      text NOT NULL,
    document    text NOT NULL,
    admits      text NOT NULL DEFAULT '',
    wildcard    boolean NOT NULL DEFAULT false,
    updated_at  timestamptz NOT NULL,
    updated_by  uuid REFERENCES people,
    CONSTRAINT trusts_target_key UNIQUE (identity_id, language, target)
);

-- One row a day, taken by the nightly job, for the trends of the overview.
CREATE TABLE daily_figures (
    day               date PRIMARY KEY,
    identities        bigint NOT NULL,
    federated         bigint NOT NULL,
    dynamic           bigint NOT NULL,
    static            bigint NOT NULL,
    unknown           bigint NOT NULL,
    reviews_overdue   bigint NOT NULL,
    rotations_overdue bigint NOT NULL,
    critical          bigint NOT NULL,
    high              bigint NOT NULL,
    unowned           bigint NOT NULL
);
