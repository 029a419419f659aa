-- Where rows of the feeds are pushed to. Each keeps its own place, moved only when its receiver has acknowledged: after any
-- end of the sender it goes on there.
CREATE TABLE destinations (
    id            uuid PRIMARY KEY,
    name          text NOT NULL,
    kind          text NOT NULL,
    address       text NOT NULL,
    index_name    text NOT NULL DEFAULT '',
    acknowledged  boolean NOT NULL DEFAULT false,
    -- Encrypted with the installation's key, bound to the id.
    secret_sealed bytea,
    stream        text NOT NULL,
    filter        jsonb NOT NULL DEFAULT '[]',
    format        text NOT NULL,
    state         text NOT NULL DEFAULT 'running',
    epoch         uuid NOT NULL,
    position      bigint NOT NULL,
    sent          bigint NOT NULL DEFAULT 0,
    failures      integer NOT NULL DEFAULT 0,
    retry_at      timestamptz,
    trouble       text NOT NULL DEFAULT '',
    sent_at       timestamptz,
    created_by    text NOT NULL,
    created_at    timestamptz NOT NULL,
    CONSTRAINT destinations_name_key UNIQUE (name),
    CONSTRAINT destinations_state_known CHECK (state IN ('running', 'paused'))
);

-- Rows a receiver would not take, by position; sent again when somebody asks.
CREATE TABLE dead_letters (
    destination_id uuid NOT NULL REFERENCES destinations ON DELETE CASCADE,
    position       bigint NOT NULL,
    reason         text NOT NULL,
    at             timestamptz NOT NULL,
    PRIMARY KEY (destination_id, position)
);
