-- Findings a detection made out of events: the nightly judgement, which resolves what no longer holds, leaves them.
-- `events` are the very events, newest last, at most fifty; `event_at` is when the last of them happened.
ALTER TABLE findings
    ADD COLUMN detected boolean NOT NULL DEFAULT false,
    ADD COLUMN events   uuid[] NOT NULL DEFAULT '{}',
    ADD COLUMN event_at timestamptz;

-- How far detection has read the feed. One row; locked while a batch is judged, so a batch is judged once whoever runs.
CREATE TABLE detection_head (
    one      boolean PRIMARY KEY DEFAULT true CHECK (one),
    position bigint NOT NULL DEFAULT 0
);
INSERT INTO detection_head DEFAULT VALUES;

-- What is usual (domain::detect): of an identity, of a repository (its key is made of its name), and of nobody (the nil
-- id: refused tokens). A batch reads and writes whole owners, so the key is the only index.
CREATE TABLE baselines (
    owner_id   uuid NOT NULL,
    aspect     text NOT NULL,
    value      text NOT NULL,
    first_seen timestamptz NOT NULL,
    last_seen  timestamptz NOT NULL,
    times      bigint NOT NULL,
    -- The last event that showed it.
    event_id   uuid NOT NULL,
    CONSTRAINT baselines_key PRIMARY KEY (owner_id, aspect, value)
);

-- Findings that wait for the event that would explain them (a run told of late, an approval), by the key of the
-- repository whose events may do so.
CREATE TABLE detections_waiting (
    fingerprint    text PRIMARY KEY,
    repository_key uuid NOT NULL,
    until          timestamptz NOT NULL,
    waiting        jsonb NOT NULL
);
CREATE INDEX detections_waiting_by_repository ON detections_waiting (repository_key);
CREATE INDEX detections_waiting_by_end ON detections_waiting (until);

-- Machines that ran jobs, as events tell of them. The platform's own are one row for each label: they are made anew for
-- each job, and their names say nothing.
CREATE TABLE runners (
    id           uuid PRIMARY KEY,
    platform     text NOT NULL,
    owner        text NOT NULL,
    name         text NOT NULL,
    hosted       boolean,
    ephemeral    boolean,
    runner_group text NOT NULL DEFAULT '',
    labels       text[] NOT NULL DEFAULT '{}',
    first_seen   timestamptz NOT NULL,
    last_seen    timestamptz NOT NULL,
    -- Different runs served; the last of them tells whether the next job is another run's.
    runs         bigint NOT NULL,
    last_run     text NOT NULL DEFAULT '',
    event_id     uuid NOT NULL,
    CONSTRAINT runners_name_key UNIQUE (platform, owner, name)
);
CREATE INDEX runners_by_last ON runners (last_seen DESC, id DESC);

CREATE TABLE runner_repositories (
    runner_id  uuid NOT NULL REFERENCES runners ON DELETE CASCADE,
    repository text NOT NULL,
    last_seen  timestamptz NOT NULL,
    CONSTRAINT runner_repositories_key PRIMARY KEY (runner_id, repository)
);
CREATE INDEX runner_repositories_by_repository ON runner_repositories (repository);
