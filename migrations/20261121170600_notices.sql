-- Who is told of findings, when. Without a row: at once from high on, the rest at eight in the morning.
CREATE TABLE notice_rules (
    -- Absent: every team without a rule of its own.
    team_id     uuid REFERENCES teams,
    at_once     text NOT NULL,
    digest_hour smallint NOT NULL,
    quiet_from  smallint,
    quiet_to    smallint,
    updated_at  timestamptz NOT NULL,
    CONSTRAINT notice_rules_key UNIQUE NULLS NOT DISTINCT (team_id),
    CONSTRAINT notice_rules_severity_known CHECK (at_once IN ('critical', 'high', 'medium', 'low')),
    CONSTRAINT notice_rules_hours CHECK (digest_hour BETWEEN 0 AND 23 AND quiet_from BETWEEN 0 AND 23 AND quiet_to BETWEEN 0 AND 23),
    CONSTRAINT notice_rules_quiet_whole CHECK ((quiet_from IS NULL) = (quiet_to IS NULL))
);

-- Whom a finding was told to: each once.
CREATE TABLE finding_notices (
    finding_id uuid NOT NULL REFERENCES findings ON DELETE CASCADE,
    person_id  uuid NOT NULL REFERENCES people,
    message_id uuid NOT NULL REFERENCES messages,
    PRIMARY KEY (finding_id, person_id)
);
