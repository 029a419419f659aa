-- Imports: the ids outside systems know an identity by, what a spreadsheet says beyond the form, and the changes an
-- import makes, kept per identity: one import touches 100,000 of them and is one entry of the record.

-- One identity may be known to several systems; one name of a system means one identity.
CREATE TABLE external_ids (
    space       text NOT NULL,
    value       text NOT NULL,
    identity_id uuid NOT NULL REFERENCES identities ON DELETE CASCADE,
    CONSTRAINT external_ids_key PRIMARY KEY (space, value)
);
CREATE INDEX external_ids_by_identity ON external_ids (identity_id);
CREATE INDEX external_ids_by_value ON external_ids (value);
CREATE INDEX selectors_by_value ON selectors (value);

ALTER TABLE identities
    ADD COLUMN tags        text[] NOT NULL DEFAULT '{}',
    -- [[label, address], …]
    ADD COLUMN links       jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN break_glass boolean NOT NULL DEFAULT false;

ALTER TABLE credentials ADD COLUMN external_id text;
CREATE UNIQUE INDEX credentials_external_key ON credentials (identity_id, external_id);

-- Readable differences of one identity's own fields, for its history beside the record.
CREATE TABLE identity_changes (
    id          uuid PRIMARY KEY,
    identity_id uuid NOT NULL REFERENCES identities ON DELETE CASCADE,
    at          timestamptz NOT NULL,
    actor_kind  text NOT NULL,
    actor_name  text NOT NULL,
    action      text NOT NULL,
    summary     text NOT NULL,
    -- [[field, before, after], …]
    changes     jsonb NOT NULL DEFAULT '[]',
    request_id  text NOT NULL
);
CREATE INDEX identity_changes_by_identity ON identity_changes (identity_id, at DESC, id DESC);

-- Two identities claim one name of the outside world; the later claim was left out and is kept here.
CREATE TABLE selector_conflicts (
    identity_id uuid NOT NULL REFERENCES identities ON DELETE CASCADE,
    holder_id   uuid NOT NULL REFERENCES identities ON DELETE CASCADE,
    kind        text NOT NULL,
    issuer      text NOT NULL DEFAULT '',
    value       text NOT NULL,
    since       timestamptz NOT NULL,
    CONSTRAINT selector_conflicts_key PRIMARY KEY (identity_id, kind, issuer, value)
);
CREATE INDEX selector_conflicts_by_holder ON selector_conflicts (holder_id);
