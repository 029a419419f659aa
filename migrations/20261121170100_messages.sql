-- Messages to people: kept with the work that caused them, sent by a job, and never forgotten: who was told, when, how.
CREATE TABLE messages (
    id         uuid PRIMARY KEY,
    created_at timestamptz NOT NULL,
    person_id  uuid REFERENCES people,
    -- Name and address then: evidence does not change with the directory.
    to_name    text NOT NULL,
    address    text NOT NULL,
    channel    text NOT NULL,
    kind       text NOT NULL,
    subject    text NOT NULL,
    body       text NOT NULL,
    campaigns  uuid[] NOT NULL DEFAULT '{}',
    -- What it tells of, where that is told each person once.
    cause      text,
    state      text NOT NULL DEFAULT 'waiting',
    attempts   integer NOT NULL DEFAULT 0,
    run_at     timestamptz NOT NULL,
    sent_at    timestamptz,
    -- Why the last try did not work.
    problem    text NOT NULL DEFAULT '',
    CONSTRAINT messages_channel_known CHECK (channel IN ('email', 'webhook')),
    CONSTRAINT messages_state_known CHECK (state IN ('waiting', 'sent', 'failed', 'no_channel')),
    CONSTRAINT messages_sent_whole CHECK ((state = 'sent') = (sent_at IS NOT NULL))
);
CREATE UNIQUE INDEX messages_once ON messages (cause, person_id, channel) WHERE cause IS NOT NULL;
CREATE INDEX messages_waiting ON messages (run_at, id) WHERE state = 'waiting';
CREATE INDEX messages_by_campaign ON messages USING gin (campaigns);
CREATE INDEX messages_by_person ON messages (person_id, created_at DESC);

-- Which point of the calendar was used for whom: a reminder is sent once, whoever runs the job and how often.
CREATE TABLE message_marks (
    campaign_id uuid NOT NULL REFERENCES campaigns,
    person_id   uuid NOT NULL REFERENCES people,
    point       text NOT NULL,
    message_id  uuid NOT NULL REFERENCES messages,
    PRIMARY KEY (campaign_id, person_id, point)
);
