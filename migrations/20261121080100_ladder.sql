-- Where a secret is kept decides its step on the ladder: a platform that makes and rotates it keeps it better than a
-- store, and code keeps it worst.
ALTER TABLE credentials
    ADD COLUMN kept text NOT NULL DEFAULT 'unknown',
    ADD CONSTRAINT credentials_kept_known CHECK (kept IN ('unknown', 'platform', 'store', 'code'));

-- Two more steps in the trend, and the sum of all risk scores, whose mean is drawn.
ALTER TABLE daily_figures
    ADD COLUMN platform_managed bigint NOT NULL DEFAULT 0,
    ADD COLUMN hard_coded       bigint NOT NULL DEFAULT 0,
    ADD COLUMN risk             bigint;
