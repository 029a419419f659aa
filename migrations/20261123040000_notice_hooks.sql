-- Webhooks of the rules of who is told: each team's own, beside letters or instead of them.
ALTER TABLE notice_rules ADD COLUMN webhook_only boolean NOT NULL DEFAULT false;

CREATE TABLE notice_hooks (
    id            uuid PRIMARY KEY,
    -- Of the rule of the same team; absent: of everybody's.
    team_id       uuid REFERENCES teams,
    address       text NOT NULL,
    -- Sealed under the installation's key; absent where posts are not signed.
    secret_sealed bytea,
    -- From this severity on.
    severity      text NOT NULL,
    -- Findings opened before are posted nowhere.
    created_at    timestamptz NOT NULL,
    CONSTRAINT notice_hooks_key UNIQUE NULLS NOT DISTINCT (team_id),
    CONSTRAINT notice_hooks_severity_known CHECK (severity IN ('critical', 'high', 'medium', 'low'))
);

-- What is posted to them: each opening of a finding once.
CREATE TABLE hook_posts (
    id         uuid PRIMARY KEY,
    hook_id    uuid NOT NULL REFERENCES notice_hooks ON DELETE CASCADE,
    finding_id uuid NOT NULL REFERENCES findings ON DELETE CASCADE,
    opened_at  timestamptz NOT NULL,
    -- As it is sent: the same bytes at every try.
    body       text NOT NULL,
    created_at timestamptz NOT NULL,
    state      text NOT NULL DEFAULT 'waiting',
    attempts   integer NOT NULL DEFAULT 0,
    run_at     timestamptz NOT NULL,
    sent_at    timestamptz,
    -- Why the last try did not work.
    problem    text NOT NULL DEFAULT '',
    CONSTRAINT hook_posts_once UNIQUE (hook_id, finding_id, opened_at),
    CONSTRAINT hook_posts_state_known CHECK (state IN ('waiting', 'sent', 'failed')),
    CONSTRAINT hook_posts_sent_whole CHECK ((state = 'sent') = (sent_at IS NOT NULL))
);
CREATE INDEX hook_posts_waiting ON hook_posts (run_at, id) WHERE state = 'waiting';
CREATE INDEX hook_posts_by_finding ON hook_posts (finding_id);

-- How far the feed of findings was looked through for them; absent: not at all.
CREATE TABLE hook_place (
    one      boolean PRIMARY KEY DEFAULT true CHECK (one),
    position bigint NOT NULL
);
INSERT INTO hook_place (position) SELECT position FROM finding_head;

-- The configured webhook is nobody in particular: it is told of a cause once too.
DROP INDEX messages_once;
CREATE UNIQUE INDEX messages_once ON messages (cause, person_id, channel) NULLS NOT DISTINCT WHERE cause IS NOT NULL;
