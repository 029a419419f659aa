-- Somebody asked for a row that was set aside to be sent again.
ALTER TABLE dead_letters ADD COLUMN again boolean NOT NULL DEFAULT false;
CREATE INDEX dead_letters_again ON dead_letters (destination_id, position) WHERE again;

-- Rows acknowledged in each minute, for a day: how fast it goes.
CREATE TABLE destination_minutes (
    destination_id uuid NOT NULL REFERENCES destinations ON DELETE CASCADE,
    minute         timestamptz NOT NULL,
    rows           bigint NOT NULL,
    PRIMARY KEY (destination_id, minute)
);
