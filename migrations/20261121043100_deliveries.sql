-- How many deliveries a source made on a day: they leave no entry in the activity record, so they are counted here.
ALTER TABLE source_days ADD COLUMN deliveries bigint NOT NULL DEFAULT 0;
