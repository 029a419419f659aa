-- What sort of machine a runner is: the platform's, made for one job, one that stays (it said so, or it served a second
-- run), or one's own of which nothing more is told.
CREATE FUNCTION runner_kind(hosted boolean, ephemeral boolean, runs bigint) RETURNS text LANGUAGE sql IMMUTABLE
RETURN CASE WHEN hosted THEN 'hosted' WHEN ephemeral THEN 'ephemeral'
    WHEN ephemeral = false OR runs > 1 THEN 'persistent' ELSE 'untold' END;
