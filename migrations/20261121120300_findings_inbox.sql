-- Who looks into a finding, and what is expected of an identity: an exception that covers whatever a rule will find on it.
ALTER TABLE findings ADD COLUMN assigned_to uuid REFERENCES people;

CREATE TABLE finding_exceptions (
    rule        text NOT NULL,
    identity_id uuid NOT NULL REFERENCES identities ON DELETE CASCADE,
    reason      text NOT NULL,
    until       timestamptz NOT NULL,
    by_id       uuid REFERENCES people,
    at          timestamptz NOT NULL,
    CONSTRAINT finding_exceptions_key PRIMARY KEY (rule, identity_id)
);
