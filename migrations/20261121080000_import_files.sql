-- Imports by page: an uploaded file waits here between its preview and the confirmation, and is gone afterwards.
-- What stays of an import is its report. A file that holds a secret never gets this far.
CREATE TABLE imports (
    id            uuid PRIMARY KEY,
    file          text NOT NULL,
    size          bigint NOT NULL,
    digest        bytea NOT NULL,
    state         text NOT NULL,
    -- Headers of a table, for the mapping step.
    columns       text[] NOT NULL DEFAULT '{}',
    -- What the person says of the file (contract::imports::ImportHint).
    hint          jsonb NOT NULL DEFAULT '{}',
    skip_problems boolean NOT NULL DEFAULT false,
    -- Absent where nobody knows before the file is read.
    rows_total    bigint,
    rows_done     bigint NOT NULL DEFAULT 0,
    problems      bigint NOT NULL DEFAULT 0,
    -- What it would do, then what it did (contract::imports::ImportReport).
    report        jsonb,
    reason        text NOT NULL DEFAULT '',
    by_id         uuid REFERENCES people,
    by_name       text NOT NULL,
    created_at    timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL,
    CONSTRAINT imports_state_known CHECK (state IN
        ('checking', 'ready', 'saving', 'saved', 'refused', 'failed', 'discarded', 'expired'))
);
CREATE INDEX imports_by_time ON imports (created_at DESC, id DESC);
CREATE INDEX imports_waiting ON imports (updated_at) WHERE state IN ('checking', 'ready');

CREATE TABLE import_parts (
    import_id uuid NOT NULL REFERENCES imports ON DELETE CASCADE,
    part      integer NOT NULL,
    bytes     bytea NOT NULL,
    CONSTRAINT import_parts_key PRIMARY KEY (import_id, part)
);
