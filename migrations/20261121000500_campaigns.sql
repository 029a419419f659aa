-- Reviews. An item is frozen at start: its snapshot never changes, decisions refer to its hash.
CREATE TABLE campaigns (
    id           uuid PRIMARY KEY,
    name         text NOT NULL,
    state        text NOT NULL DEFAULT 'draft',
    notes        text NOT NULL DEFAULT '',
    due_at       timestamptz NOT NULL,
    -- The population: filter as asked and as a sentence.
    filter       jsonb NOT NULL,
    query        text NOT NULL,
    created_by   uuid REFERENCES people,
    created_at   timestamptz NOT NULL,
    started_at   timestamptz,
    closed_at    timestamptz,
    sealed_at    timestamptz,
    cancelled_at timestamptz,
    -- Activity position when it started: the evidence segment begins here.
    activity_from bigint,
    CONSTRAINT campaigns_name_key UNIQUE (name),
    CONSTRAINT campaigns_state_known CHECK (state IN ('draft', 'active', 'closed', 'sealed', 'cancelled'))
);

CREATE TABLE campaign_items (
    id              uuid PRIMARY KEY,
    campaign_id     uuid NOT NULL REFERENCES campaigns,
    -- No foreign key: the item outlives the identity.
    identity_id     uuid NOT NULL,
    identity_name   text NOT NULL,
    team_id         uuid,
    team_name       text,
    reviewer_id     uuid NOT NULL REFERENCES people,
    reviewer_hop    text NOT NULL,
    -- Why each earlier hop was passed over, and each reassignment with its reason.
    routing         jsonb NOT NULL DEFAULT '[]',
    state           text NOT NULL DEFAULT 'open',
    snapshot        jsonb NOT NULL,
    hash            text NOT NULL,
    recommendation  jsonb NOT NULL,
    -- What had changed since the last approval, and the earlier reviews as they were known at start.
    changes         jsonb NOT NULL DEFAULT '[]',
    last_approved_at timestamptz,
    reviews         jsonb NOT NULL DEFAULT '[]',
    advice          text NOT NULL,
    privileged_production boolean NOT NULL DEFAULT false,
    risk            integer NOT NULL DEFAULT 0,
    hint            text NOT NULL DEFAULT '',
    frozen_at       timestamptz NOT NULL,
    decision        text,
    decided_by      uuid REFERENCES people,
    decided_at      timestamptz,
    CONSTRAINT campaign_items_identity_key UNIQUE (campaign_id, identity_id),
    CONSTRAINT campaign_items_state_known CHECK (state IN ('open', 'decided', 'not_reviewed', 'gone')),
    CONSTRAINT campaign_items_decided_whole CHECK ((state = 'decided') = (decision IS NOT NULL AND decided_by IS NOT NULL AND decided_at IS NOT NULL))
);
-- Queue order: changed first, then risk.
CREATE INDEX campaign_items_by_campaign ON campaign_items (campaign_id, state);
CREATE INDEX campaign_items_by_reviewer ON campaign_items (reviewer_id, state);
CREATE INDEX campaign_items_by_identity ON campaign_items (identity_id);

-- Every decision ever made on an item, append-only; the newest one counts.
CREATE TABLE item_decisions (
    id                uuid PRIMARY KEY,
    item_id           uuid NOT NULL REFERENCES campaign_items,
    decision          text NOT NULL,
    reason            text NOT NULL DEFAULT '',
    targets           jsonb NOT NULL DEFAULT '[]',
    shown_hash        text NOT NULL,
    seen_current_hash text,
    followed_advice   boolean NOT NULL,
    decided_by        uuid NOT NULL REFERENCES people,
    decided_by_name   text NOT NULL,
    decided_at        timestamptz NOT NULL,
    -- Order of the answers of one item, from 1: two at once cannot both be the second.
    number            integer NOT NULL,
    CONSTRAINT item_decisions_number_key UNIQUE (item_id, number)
);

CREATE TABLE evidence_packs (
    campaign_id uuid PRIMARY KEY REFERENCES campaigns,
    file_name   text NOT NULL,
    sha256      text NOT NULL,
    key_id      text NOT NULL,
    pack        bytea NOT NULL,
    sealed_at   timestamptz NOT NULL
);

-- Public halves of every signing key ever used; the private half lives in a file (ROLLCALL_DATA_DIR/keys).
CREATE TABLE signing_keys (
    key_id     text PRIMARY KEY,
    public_pem text NOT NULL,
    first_seen timestamptz NOT NULL
);
