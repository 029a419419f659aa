-- People and teams. People come from sign-in (issuer + subject) or from an import; they are never deleted.
CREATE TABLE people (
    id              uuid PRIMARY KEY,
    issuer          text,
    subject         text,
    email           text NOT NULL,
    name            text NOT NULL,
    roles           text[] NOT NULL DEFAULT '{}',
    active          boolean NOT NULL DEFAULT true,
    time_zone       text NOT NULL DEFAULT 'UTC',
    demo_story      text,
    created_at      timestamptz NOT NULL,
    last_sign_in_at timestamptz,
    CONSTRAINT people_roles_known CHECK (roles <@ ARRAY['admin', 'security', 'owner', 'auditor']),
    CONSTRAINT people_subject_whole CHECK ((issuer IS NULL) = (subject IS NULL))
);
CREATE UNIQUE INDEX people_email_key ON people (lower(email));
CREATE UNIQUE INDEX people_subject_key ON people (issuer, subject);

CREATE TABLE teams (
    id         uuid PRIMARY KEY,
    slug       text NOT NULL,
    name       text NOT NULL,
    lead_id    uuid REFERENCES people,
    created_at timestamptz NOT NULL,
    CONSTRAINT teams_slug_key UNIQUE (slug)
);

CREATE TABLE team_members (
    team_id   uuid NOT NULL REFERENCES teams ON DELETE CASCADE,
    person_id uuid NOT NULL REFERENCES people ON DELETE CASCADE,
    PRIMARY KEY (team_id, person_id)
);
CREATE INDEX team_members_person ON team_members (person_id);
