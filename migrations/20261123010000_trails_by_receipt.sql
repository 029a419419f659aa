-- Trails are checked in the order in which deployments were received: events told of late are checked like any other.
-- `checked_to` and `checked_id` are the place (time of receipt, id) of the last event that was looked at. It was a time of
-- occurrence before, and nothing is received before it occurs: going on there leaves nothing out.
ALTER TABLE trail_head ADD COLUMN checked_id uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000';

-- What says that something is being released to production is little among all events, and is asked for by both times.
CREATE INDEX events_released_by_receipt ON events (received_at, id)
    WHERE stage = 'production' AND outcome <> 'failure' AND (kind = 'deployment' OR action = 'workflows.prepared_workflow_job');
CREATE INDEX events_released ON events (occurred_at, id)
    WHERE stage = 'production' AND outcome <> 'failure' AND (kind = 'deployment' OR action = 'workflows.prepared_workflow_job');

-- GitLab's deployments name their job, and the job's own event its pipeline.
CREATE INDEX events_by_job ON events ((joins ->> 'job'))
    WHERE format = 'gitlab_webhook' AND kind IN ('pipeline_run', 'deployment');

-- Events that release something to production, each with its run. A deployment that names none is its job's, where one
-- event names both; else it is in the story of a run that released the same commit while it was on (as domain::event::story
-- has it) and is not told twice; else it is one without a run. Such a one counts once it has succeeded: its other states
-- are events of their own. What clouds call a deployment belongs to runs by the key that signed it, and is none here.
CREATE VIEW production_deployments AS
SELECT d.id, d.received_at, d.occurred_at, COALESCE(d.repository, '') AS repository, COALESCE(d.run_id, job.run_id) AS run_id
FROM events d
LEFT JOIN LATERAL (
    SELECT j.run_id FROM events j
    WHERE d.run_id IS NULL AND d.format = 'gitlab_webhook' AND j.format = 'gitlab_webhook' AND j.kind = 'pipeline_run'
        AND j.joins ->> 'job' = d.joins ->> 'job' AND lower(j.repository) = lower(d.repository) AND j.run_id IS NOT NULL
    ORDER BY j.occurred_at DESC LIMIT 1
) job ON true
WHERE d.stage = 'production' AND d.outcome <> 'failure'
    AND (d.kind = 'deployment' OR d.action = 'workflows.prepared_workflow_job')
    AND (d.run_id IS NOT NULL AND d.repository IS NOT NULL
        OR job.run_id IS NOT NULL
        OR d.run_id IS NULL AND d.outcome = 'success'
            AND d.format IN ('github_webhook', 'github_audit', 'gitlab_webhook', 'azure_devops_audit', 'rollcall')
            AND NOT EXISTS (
                SELECT FROM events r CROSS JOIN LATERAL (
                    SELECT min(s.occurred_at) AS first, max(s.occurred_at) AS last,
                        bool_or(s.kind = 'pipeline_run' AND (s.action LIKE '%completed\_workflow\_run'
                            OR s.action IN ('workflow_run.completed', 'pipeline.success', 'pipeline.failed', 'pipeline.canceled'))) AS ended
                    FROM events s WHERE s.run_id = r.run_id AND lower(s.repository) = lower(r.repository)
                ) run
                WHERE r.stage = 'production' AND r.outcome <> 'failure'
                    AND (r.kind = 'deployment' OR r.action = 'workflows.prepared_workflow_job')
                    AND r.occurred_at >= d.occurred_at - interval '1 day' AND r.occurred_at <= d.occurred_at + interval '1 day'
                    AND r.run_id IS NOT NULL AND lower(r.repository) = lower(d.repository) AND r.commit = d.commit
                    AND d.occurred_at >= run.first - interval '10 minutes'
                    AND d.occurred_at <= interval '10 minutes'
                        + CASE WHEN run.ended THEN run.last ELSE GREATEST(run.last, run.first + interval '6 hours') END
            ));
