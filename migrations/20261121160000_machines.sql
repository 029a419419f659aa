-- Tokens are identities of the inventory, see the rows of some teams only, come from some networks only, and are rotated.
ALTER TABLE api_tokens
    ADD COLUMN teams       text[] NOT NULL DEFAULT '{}',
    ADD COLUMN networks    text[] NOT NULL DEFAULT '{}',
    ADD COLUMN identity_id uuid REFERENCES identities ON DELETE SET NULL,
    ADD COLUMN rotated     boolean NOT NULL DEFAULT false,
    -- A pipeline's own subject, where the token was given for the pipeline's.
    ADD COLUMN subject     text,
    ADD COLUMN rule_id     uuid;
-- A name may come again when its token was rotated: it is the same token then.
ALTER TABLE api_tokens DROP CONSTRAINT api_tokens_name_key;
CREATE UNIQUE INDEX api_tokens_name_key ON api_tokens (name) WHERE NOT rotated AND subject IS NULL;
CREATE INDEX api_tokens_given ON api_tokens (expires_at) WHERE subject IS NOT NULL;

-- Pipelines that sign in with their own tokens, written in a language of trust (octo-sts) and linted by it.
CREATE TABLE workload_rules (
    id           uuid PRIMARY KEY,
    name         text NOT NULL,
    issuer       text NOT NULL,
    audience     text NOT NULL,
    document     text NOT NULL,
    scopes       text[] NOT NULL,
    teams        text[] NOT NULL DEFAULT '{}',
    created_by   text NOT NULL,
    created_at   timestamptz NOT NULL,
    last_used_at timestamptz,
    CONSTRAINT workload_rules_name_key UNIQUE (name)
);
CREATE INDEX workload_rules_by_issuer ON workload_rules (issuer);

-- What was answered to a POST with an Idempotency-Key, for a day.
CREATE TABLE idempotency_keys (
    actor      text NOT NULL,
    key        text NOT NULL,
    -- SHA-256 of address and body.
    digest     bytea NOT NULL,
    -- Absent while the first is under way.
    status     smallint,
    body       bytea,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (actor, key)
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
