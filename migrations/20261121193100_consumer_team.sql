-- Whose a consumer is: the teams of the token that made it, which sees the consumers of its own teams only. None: somebody
-- who sees everybody's rows made it.
ALTER TABLE feed_consumers ADD COLUMN teams text[] NOT NULL DEFAULT '{}';
UPDATE feed_consumers c SET teams = t.teams
FROM (SELECT DISTINCT ON (name) name, teams FROM api_tokens ORDER BY name, created_at DESC) t
WHERE t.name = c.created_by AND c.teams <> t.teams;
