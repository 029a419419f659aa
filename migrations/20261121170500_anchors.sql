-- Where the head of the record was written outside, and when.
CREATE TABLE anchors (
    id       uuid PRIMARY KEY,
    place    text NOT NULL,
    position bigint NOT NULL,
    hash     text NOT NULL,
    at       timestamptz NOT NULL
);
CREATE INDEX anchors_newest ON anchors (at DESC, id DESC);
