-- Detection judges batch after batch and keeps what it learnt seldomer: each batch wrote about a habit an event.
-- `position` stays the place up to which baselines, waiting findings and runners are kept: whoever goes on after a crash
-- reads from there. `judged` is how far findings are told already.
ALTER TABLE detection_head ADD COLUMN judged bigint NOT NULL DEFAULT 0;
UPDATE detection_head SET judged = position;

-- A habit is written again and again, and only its key is indexed: with room on its page its new version needs no new
-- entry in the index.
ALTER TABLE baselines SET (fillfactor = 60);
ALTER TABLE event_days SET (fillfactor = 70);
