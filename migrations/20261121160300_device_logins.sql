-- Shells that ask for a token, until somebody approves or the time is over.
CREATE TABLE device_logins (
    id          uuid PRIMARY KEY,
    -- SHA-256 of what the shell holds.
    device_hash bytea NOT NULL,
    user_code   text NOT NULL,
    name        text NOT NULL,
    scopes      text[] NOT NULL,
    created_at  timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    approved_by uuid REFERENCES people,
    refused     boolean NOT NULL DEFAULT false,
    polled_at   timestamptz,
    CONSTRAINT device_logins_device_key UNIQUE (device_hash),
    CONSTRAINT device_logins_code_key UNIQUE (user_code)
);
