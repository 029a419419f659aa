-- Campaigns in depth: policies, preview, stages, several reviewers, absences, and what follows a decision.
ALTER TABLE campaigns DROP CONSTRAINT campaigns_state_known;
UPDATE campaigns SET state = 'remediating' WHERE state = 'closed';
ALTER TABLE campaigns ADD CONSTRAINT campaigns_state_known
    CHECK (state IN ('draft', 'preview', 'active', 'remediating', 'sealed', 'cancelled'));
ALTER TABLE campaigns
    -- How it is answered and what follows (contract::campaigns::CampaignPolicy); {} is the default one.
    ADD COLUMN policy jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN stage integer NOT NULL DEFAULT 1,
    -- When the preview was accepted, how many it showed, and the gaps that were acknowledged, each with who and why.
    ADD COLUMN previewed_at timestamptz,
    ADD COLUMN previewed_count bigint,
    ADD COLUMN gaps jsonb NOT NULL DEFAULT '[]',
    -- A micro-review has the one cause it was opened for.
    ADD COLUMN cause text,
    ADD CONSTRAINT campaigns_cause_key UNIQUE (cause),
    ADD CONSTRAINT campaigns_stage_within CHECK (stage BETWEEN 1 AND 3);

ALTER TABLE campaign_items
    ADD COLUMN stage integer NOT NULL DEFAULT 1,
    ADD COLUMN tier text NOT NULL DEFAULT 'standard',
    -- How several reviewers make one outcome; null where one is asked.
    ADD COLUMN quorum text,
    ADD COLUMN reassigned integer NOT NULL DEFAULT 0;
UPDATE campaign_items SET tier = snapshot ->> 'tier' WHERE snapshot ? 'tier';

-- The reviewers of an item that several are asked about.
CREATE TABLE item_seats (
    item_id     uuid NOT NULL REFERENCES campaign_items,
    seat        integer NOT NULL,
    person_id   uuid NOT NULL REFERENCES people,
    hop         text NOT NULL,
    decision    text,
    decided_at  timestamptz,
    PRIMARY KEY (item_id, seat),
    CONSTRAINT item_seats_person_key UNIQUE (item_id, person_id)
);
CREATE INDEX item_seats_by_person ON item_seats (person_id, item_id);

ALTER TABLE item_decisions
    ADD COLUMN bulk boolean NOT NULL DEFAULT false,
    ADD COLUMN stage integer NOT NULL DEFAULT 1,
    -- A revoke that shall not wait for the close.
    ADD COLUMN at_once boolean NOT NULL DEFAULT false,
    -- Seconds from the page being made to the answer, as the page said; absent for bulk.
    ADD COLUMN seconds integer,
    ADD COLUMN reason_key text NOT NULL DEFAULT '';
CREATE INDEX item_decisions_same_reason ON item_decisions (decided_by, reason_key) WHERE reason_key <> '';

-- What a revoke or a modify asks somebody to do.
CREATE TABLE remediations (
    id           uuid PRIMARY KEY,
    campaign_id  uuid NOT NULL REFERENCES campaigns,
    item_id      uuid NOT NULL REFERENCES campaign_items,
    -- No foreign key: the task outlives the identity.
    identity_id  uuid NOT NULL,
    identity_name text NOT NULL,
    platform     text NOT NULL,
    decision     text NOT NULL,
    targets      jsonb NOT NULL DEFAULT '[]',
    state        text NOT NULL DEFAULT 'decided',
    owner_id     uuid NOT NULL REFERENCES people,
    decided_by   uuid NOT NULL REFERENCES people,
    decided_at   timestamptz NOT NULL,
    due_at       timestamptz NOT NULL,
    ticket       text NOT NULL DEFAULT '',
    applied_at   timestamptz,
    applied_by   uuid REFERENCES people,
    settled_at   timestamptz,
    settled_by   uuid REFERENCES people,
    -- What proves it, or why it is waived.
    proof        text NOT NULL DEFAULT '',
    reopened     integer NOT NULL DEFAULT 0,
    CONSTRAINT remediations_item_key UNIQUE (item_id),
    CONSTRAINT remediations_state_known CHECK (state IN ('decided', 'ticketed', 'applied', 'verified', 'waived')),
    CONSTRAINT remediations_settled_whole CHECK ((state IN ('verified', 'waived')) = (settled_at IS NOT NULL))
);
CREATE INDEX remediations_by_campaign ON remediations (campaign_id, state);
CREATE INDEX remediations_by_identity ON remediations (identity_id);
CREATE INDEX remediations_open ON remediations (due_at, id) WHERE state IN ('decided', 'ticketed', 'applied');

-- Out of office: whose reviews go to whom meanwhile.
CREATE TABLE absences (
    id         uuid PRIMARY KEY,
    person_id  uuid NOT NULL REFERENCES people,
    deputy_id  uuid NOT NULL REFERENCES people,
    starts_on  date NOT NULL,
    ends_on    date NOT NULL,
    created_at timestamptz NOT NULL,
    ended_at   timestamptz,
    CONSTRAINT absences_in_order CHECK (ends_on >= starts_on),
    CONSTRAINT absences_another CHECK (deputy_id <> person_id)
);
CREATE INDEX absences_by_person ON absences (person_id, ends_on) WHERE ended_at IS NULL;
