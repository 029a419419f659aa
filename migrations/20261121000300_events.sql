-- Sources, events and the feed. Event tables are append-only, partitioned by month of `occurred_at`, hold no
-- foreign key to a mutable table, and carry no unique key of their own: `event_keys` says what was seen before,
-- so that one vendor id is one event even when its time is told differently the second time.
CREATE TABLE sources (
    id               uuid PRIMARY KEY,
    slug             text NOT NULL,
    name             text NOT NULL,
    format           text,
    token_hash       bytea NOT NULL,
    token_hint       text NOT NULL,
    accepted         bigint NOT NULL DEFAULT 0,
    duplicates       bigint NOT NULL DEFAULT 0,
    rejected         bigint NOT NULL DEFAULT 0,
    last_event_at    timestamptz,
    last_received_at timestamptz,
    created_by       uuid REFERENCES people,
    created_at       timestamptz NOT NULL,
    CONSTRAINT sources_slug_key UNIQUE (slug)
);

-- Deduplication on (source, vendor id). Rows go with the month they belong to when that is dropped.
CREATE TABLE event_keys (
    source_id   uuid NOT NULL,
    vendor_id   text NOT NULL,
    occurred_at timestamptz NOT NULL,
    PRIMARY KEY (source_id, vendor_id)
);

CREATE TABLE events (
    id          uuid NOT NULL,
    source_id   uuid NOT NULL,
    vendor_id   text NOT NULL,
    id_kind     text NOT NULL,
    occurred_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    kind        text NOT NULL,
    outcome     text NOT NULL,
    action      text NOT NULL,
    format      text NOT NULL,
    actor       text,
    issuer      text,
    subject     text,
    principal   text,
    role        text,
    repository  text,
    git_ref     text,
    commit      text,
    run_id      text,
    environment text,
    -- The environment as one of the roll's three words, where it is like one of them.
    stage       text,
    target      text,
    source_ip   text,
    identity_id uuid,
    -- Selector that matched, as (kind, issuer, value): the selector row itself may go later.
    matched     text[],
    -- As received but for redaction; json and not jsonb, which would reorder keys and rewrite numbers.
    raw         json NOT NULL
) PARTITION BY RANGE (occurred_at);

-- Explorer: newest first, alone or for one identity. B-trees rather than BRIN: pages are read in exact order
-- with a limit, which BRIN cannot give without a sort of the whole range.
CREATE INDEX events_by_time ON events (occurred_at DESC, id DESC);
CREATE INDEX events_by_identity ON events (identity_id, occurred_at DESC, id DESC) WHERE identity_id IS NOT NULL;
CREATE INDEX events_by_id ON events (id);

-- Whatever no month was made for: times before 2006 or far ahead. Months are made by store::events on demand.
CREATE TABLE events_default PARTITION OF events DEFAULT;

-- New events waiting for their place; written in the ingest transaction, emptied by the sequencer.
CREATE TABLE feed_queue (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id    uuid NOT NULL,
    source_id   uuid NOT NULL,
    occurred_at timestamptz NOT NULL,
    -- SHA-256 of the canonical event (domain::event::chain): what the feed's hash chain links.
    digest      bytea NOT NULL
);

CREATE TABLE feed (
    position    bigint PRIMARY KEY,
    event_id    uuid NOT NULL,
    source_id   uuid NOT NULL,
    occurred_at timestamptz NOT NULL,
    published   timestamptz NOT NULL,
    hash        bytea NOT NULL,
    CONSTRAINT feed_event_key UNIQUE (event_id)
);
CREATE INDEX feed_by_published ON feed (published, position);

-- One row. `FOR UPDATE` on it makes two sequencers safe. The epoch changes after a restore (`rollcall doctor`).
CREATE TABLE feed_head (
    one       boolean PRIMARY KEY DEFAULT true CHECK (one),
    epoch     uuid NOT NULL DEFAULT gen_random_uuid(),
    position  bigint NOT NULL DEFAULT 0,
    published timestamptz NOT NULL DEFAULT '-infinity',
    hash      bytea NOT NULL DEFAULT decode(repeat('00', 32), 'hex'),
    -- HMAC key of the cursors: not a credential, only binds a cursor to this database.
    cursor_key bytea NOT NULL DEFAULT decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex')
);
INSERT INTO feed_head DEFAULT VALUES;

CREATE TABLE quarantine (
    id          uuid PRIMARY KEY,
    source_id   uuid NOT NULL,
    received_at timestamptz NOT NULL,
    index       integer NOT NULL,
    reason      text NOT NULL,
    raw         text NOT NULL
);
CREATE INDEX quarantine_by_source ON quarantine (source_id, received_at DESC, id DESC);

-- What a source delivered on each day of receipt, for the coverage strips.
CREATE TABLE source_days (
    source_id  uuid NOT NULL,
    day        date NOT NULL,
    accepted   bigint NOT NULL DEFAULT 0,
    duplicates bigint NOT NULL DEFAULT 0,
    rejected   bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (source_id, day)
);

-- Events an identity had on each day they happened, kept by ingest, exact; the histograms and "last 90 days"
-- read it. The nil identity counts what resolved to nobody.
CREATE TABLE event_days (
    source_id   uuid NOT NULL,
    identity_id uuid NOT NULL,
    day         date NOT NULL,
    succeeded   bigint NOT NULL DEFAULT 0,
    failed      bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (source_id, identity_id, day)
);
CREATE INDEX event_days_by_identity ON event_days (identity_id, day);
