-- Pages of a campaign's items in review order, each beginning with one row comparison.
CREATE INDEX campaign_items_in_order ON campaign_items (campaign_id, (changes = '[]'), (-risk), identity_name, id);
