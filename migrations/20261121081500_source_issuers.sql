-- Which identity provider's tokens deliver to a source (proving = 'oidc'): issuer, audience, subject ('*' is any run of
-- characters), and further claims, one claim=value a line.
ALTER TABLE sources ADD COLUMN issuer text NOT NULL DEFAULT '';
ALTER TABLE sources ADD COLUMN audience text NOT NULL DEFAULT '';
ALTER TABLE sources ADD COLUMN subject text NOT NULL DEFAULT '';
ALTER TABLE sources ADD COLUMN claims text NOT NULL DEFAULT '';

-- The last delivery that was refused because nothing proved its sender; counted at most once a second, so that guessing
-- costs the guesser more than us.
ALTER TABLE sources ADD COLUMN refusals bigint NOT NULL DEFAULT 0;
ALTER TABLE sources ADD COLUMN refused_at timestamptz;
ALTER TABLE sources ADD COLUMN refused_why text NOT NULL DEFAULT '';

-- Ids (SHA-256) of the tokens that delivered, until they are over: each delivers once.
CREATE TABLE source_tokens (
    source_id  uuid NOT NULL REFERENCES sources ON DELETE CASCADE,
    digest     bytea NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (source_id, digest)
);
CREATE INDEX source_tokens_by_end ON source_tokens (expires_at);
