-- Campaigns that come again. The document is contract::campaigns::CampaignTemplate.
CREATE TABLE campaign_templates (
    name       text PRIMARY KEY,
    document   jsonb NOT NULL,
    -- The day the last draft was made for: each day of the calendar makes one.
    last_for   date,
    updated_at timestamptz NOT NULL
);
