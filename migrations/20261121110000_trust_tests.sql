-- Tokens that must, or must not, be able to become an identity: kept with it, judged whenever it is.
CREATE TABLE trust_tests (
    id          uuid PRIMARY KEY,
    identity_id uuid NOT NULL REFERENCES identities ON DELETE CASCADE,
    name        text NOT NULL,
    expect      text NOT NULL,
    claims      text NOT NULL,
    created_at  timestamptz NOT NULL,
    created_by  uuid REFERENCES people,
    CONSTRAINT trust_tests_expect_check CHECK (expect IN ('allow', 'deny')),
    CONSTRAINT trust_tests_name_key UNIQUE (identity_id, name)
);
