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
    evidence       jsonb NOT NULL,
    note           text NOT NULL DEFAULT '',
    opened_at      timestamptz NOT NULL,
    seen_at        timestamptz NOT NULL,
    resolved_at    timestamptz,
    excepted_until timestamptz,
    handled_by     uuid REFERENCES people,
    handled_at     timestamptz,
    CONSTRAINT findings_fingerprint_key UNIQUE (fingerprint),
    CONSTRAINT findings_state_known CHECK (state IN ('open', 'acknowledged', 'excepted', 'resolved')),
    CONSTRAINT findings_severity_known CHECK (severity IN ('critical', 'high', 'medium', 'low')),
    CONSTRAINT findings_exception_whole CHECK ((state = 'excepted') = (excepted_until IS NOT NULL)),
    CONSTRAINT findings_evidence_present CHECK (jsonb_array_length(evidence) > 0)
);
CREATE INDEX findings_by_identity ON findings (identity_id, state);
CREATE INDEX findings_by_state ON findings (state, opened_at DESC, id);
CREATE INDEX findings_by_opened ON findings (opened_at);
