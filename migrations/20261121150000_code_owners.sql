-- What a repository's CODEOWNERS file says: a hint of who answers for its pipelines, confirmed by a person.
CREATE TABLE code_owners (
    -- `owner/name`, in lower case.
    repository  text PRIMARY KEY CONSTRAINT code_owners_repository_lower CHECK (repository = lower(repository)),
    -- domain::identity::code_owners::Rule, in the order of the file.
    rules       jsonb NOT NULL,
    file        text NOT NULL,
    imported_at timestamptz NOT NULL
);
