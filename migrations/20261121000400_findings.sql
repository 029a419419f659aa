-- A rule's judgement. The fingerprint is stable over re-runs, so one wrong thing is one row for ever.
CREATE TABLE findings (
    id             uuid PRIMARY KEY,
    fingerprint    text NOT NULL,
    rule           text NOT NULL,
    class          text NOT NULL,
    severity       text NOT NULL,
    confidence     text NOT NULL,
    state          text NOT NULL DEFAULT 'open',
    identity_id    uuid REFERENCES identities ON DELETE CASCADE,
    team_id        uuid REFERENCES teams,
    title          text NOT NULL,
    detail         text NOT NULL DEFAULT '',
    fix            text NOT NULL DEFAULT '',
    evidence       jsonb NOT NULL,
    note           text NOT NULL DEFAULT '',
    opened_at      timestamptz NOT NULL,
    seen_at        timestamptz NOT NULL,
    resolved_at    timestamptz,
    excepted_until timestamptz,
    handled_by     uuid REFERENCES people,
    handled_at     timestamptz,
    -- Worst first in one index.
    rank           smallint GENERATED ALWAYS AS (CASE severity WHEN 'critical' THEN 4 WHEN 'high' THEN 3 WHEN 'medium' THEN 2 ELSE 1 END) STORED,
    CONSTRAINT findings_fingerprint_key UNIQUE (fingerprint),
    CONSTRAINT findings_state_known CHECK (state IN ('open', 'acknowledged', 'excepted', 'resolved')),
    CONSTRAINT findings_severity_known CHECK (severity IN ('critical', 'high', 'medium', 'low')),
    CONSTRAINT findings_exception_whole CHECK ((state = 'excepted') = (excepted_until IS NOT NULL)),
    CONSTRAINT findings_evidence_present CHECK (jsonb_array_length(evidence) > 0)
);
CREATE INDEX findings_by_identity ON findings (identity_id, state);
CREATE INDEX findings_by_rank ON findings (rank DESC, opened_at DESC, id DESC);
CREATE INDEX findings_by_state ON findings (state, rank);
CREATE INDEX findings_by_exception ON findings (excepted_until) WHERE state = 'excepted';
CREATE INDEX findings_by_opened ON findings (opened_at);
