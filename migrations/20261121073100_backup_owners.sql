-- Whose duty it is when an owner leaves.
CREATE INDEX identities_by_backup ON identities (backup_owner_id) WHERE backup_owner_id IS NOT NULL;
