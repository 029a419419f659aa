-- What a change is found by that names less than the selector does: an AWS role or user without its path (unique within
-- its account all the same), and the repository of a subject whatever its branch or environment (`repo:owner/name`,
-- `project_path:group/name`).
ALTER TABLE selectors ADD COLUMN wide text GENERATED ALWAYS AS (
    CASE
        WHEN kind IN ('aws_role', 'aws_user') THEN regexp_replace(lower(value), ':(role|user)/.*/', ':\1/')
        WHEN kind = 'oidc_subject' THEN split_part(lower(regexp_replace(value, '@[0-9]+(?=[/:]|$)', '', 'g')), ':', 1) || ':'
                                     || split_part(lower(regexp_replace(value, '@[0-9]+(?=[/:]|$)', '', 'g')), ':', 2)
    END) STORED;
CREATE INDEX selectors_by_wide ON selectors (kind, wide) WHERE wide IS NOT NULL;
