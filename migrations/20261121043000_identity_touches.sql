-- Identities whose facts events have changed: what they are judged by is stale. Deliveries only add rows; a job takes them
-- and judges. No foreign key: a row of an identity that is gone is taken and means nothing.
CREATE TABLE identity_touches (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    identity_id uuid NOT NULL
);
