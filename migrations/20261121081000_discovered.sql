-- The queue of discovered identities, newest first, and what was merged into what: an address of the one that went
-- leads to the one that stayed, and its history is told there.
CREATE INDEX identities_discovered ON identities (id DESC) WHERE state = 'discovered';

CREATE TABLE identity_merges (
    from_id   uuid PRIMARY KEY,
    from_name text NOT NULL,
    into_id   uuid NOT NULL REFERENCES identities ON DELETE CASCADE,
    by_name   text NOT NULL,
    reason    text NOT NULL,
    at        timestamptz NOT NULL
);
CREATE INDEX identity_merges_by_target ON identity_merges (into_id);
