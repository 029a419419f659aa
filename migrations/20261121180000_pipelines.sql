-- Repositories whose pipelines were brought: what their jobs may do, what protects their branches and environments, and
-- since when. The text of their files is not kept: it may hold what nobody should keep.
CREATE TABLE pipeline_repositories (
    id             uuid PRIMARY KEY,
    forge          text NOT NULL,
    name           text NOT NULL,
    -- Address of a forge of one's own; empty for the vendor's.
    host           text NOT NULL DEFAULT '',
    default_branch text NOT NULL DEFAULT '',
    owner_id       text NOT NULL DEFAULT '',
    project_id     text NOT NULL DEFAULT '',
    -- domain::trust::Job, and domain::trust::Governance.
    jobs           jsonb NOT NULL DEFAULT '[]',
    governance     jsonb NOT NULL DEFAULT '{}',
    files          integer NOT NULL DEFAULT 0,
    -- What could not be read the last time: name and why.
    problems       jsonb NOT NULL DEFAULT '[]',
    -- Last time files, protections, and results of other tools came.
    scanned_at     timestamptz,
    governed_at    timestamptz,
    changed_at     timestamptz NOT NULL,
    changed_by     text NOT NULL,
    CONSTRAINT pipeline_repositories_forge_known CHECK (forge IN ('github', 'gitlab'))
);
CREATE UNIQUE INDEX pipeline_repositories_by_name ON pipeline_repositories (forge, host, lower(name));

-- Findings about a repository's pipelines: the judgement of identities leaves them alone. `origin` says what brings them
-- and so what takes them away: the scan, the join with the roll's trusts, or another tool by its name.
ALTER TABLE findings
    ADD COLUMN repository_id uuid REFERENCES pipeline_repositories ON DELETE CASCADE,
    ADD COLUMN origin text NOT NULL DEFAULT '';
CREATE INDEX findings_by_repository ON findings (repository_id, origin) WHERE repository_id IS NOT NULL;
