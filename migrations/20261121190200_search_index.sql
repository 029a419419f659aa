-- The explorer's first page counts an identity's events of a range six ways (total, bars, four facets). An identity's
-- events lie scattered over the table, so each way read a page of it for each event. With what is counted in the index
-- itself the table is not touched. Measured with 2,000,000 events of 12 months, 10,000 of each identity, one identity,
-- one kind, 90 days (PostgreSQL 15, EXPLAIN ANALYZE): bitmap heap scans of 2,485 pages in 18.5 ms before, index-only scans
-- of 50 pages in 0.7 ms now; the first 51 rows 0.96 ms before, 0.16 ms now. BRIN on occurred_at would give ranges of time,
-- not an identity's, and no order.
CREATE INDEX events_of_identity ON events (identity_id, occurred_at DESC, id DESC) INCLUDE (kind, outcome, stage, source_id)
    WHERE identity_id IS NOT NULL;
DROP INDEX events_by_identity;

-- Counts over everybody by day: the explorer's bars over weeks, and what is past its retention.
CREATE INDEX event_days_by_day ON event_days (day);
