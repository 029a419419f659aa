-- Who lifted the cap of suspensions of a campaign. Somebody else suspends.
CREATE TABLE campaign_caps (
    campaign_id uuid PRIMARY KEY REFERENCES campaigns,
    lifted_by   uuid NOT NULL REFERENCES people,
    lifted_at   timestamptz NOT NULL
);
