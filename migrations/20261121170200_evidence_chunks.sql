-- Packs are kept in pieces, so that neither sealing nor download holds one in memory; and nothing sealed can be deleted.
ALTER TABLE evidence_packs ADD COLUMN bytes bigint NOT NULL DEFAULT 0;
UPDATE evidence_packs SET bytes = octet_length(pack);

CREATE TABLE evidence_pieces (
    campaign_id uuid NOT NULL REFERENCES evidence_packs,
    number      integer NOT NULL,
    bytes       bytea NOT NULL,
    PRIMARY KEY (campaign_id, number)
);
-- Already compressed: trying again costs time and gains nothing.
ALTER TABLE evidence_pieces ALTER COLUMN bytes SET STORAGE EXTERNAL;
INSERT INTO evidence_pieces (campaign_id, number, bytes) SELECT campaign_id, 0, pack FROM evidence_packs;
ALTER TABLE evidence_packs DROP COLUMN pack;

CREATE FUNCTION sealed_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what is sealed is final' USING CONSTRAINT = 'sealed_is_final';
END $$;
CREATE TRIGGER evidence_pieces_final BEFORE UPDATE OR DELETE ON evidence_pieces
    FOR EACH ROW EXECUTE FUNCTION sealed_is_final();
CREATE TRIGGER evidence_packs_final BEFORE DELETE ON evidence_packs
    FOR EACH ROW EXECUTE FUNCTION sealed_is_final();
-- The digest is noted once, when every piece is there.
CREATE TRIGGER evidence_packs_digest BEFORE UPDATE ON evidence_packs
    FOR EACH ROW WHEN (OLD.sha256 <> '') EXECUTE FUNCTION sealed_is_final();
CREATE TRIGGER campaigns_final BEFORE UPDATE OR DELETE ON campaigns
    FOR EACH ROW WHEN (OLD.state = 'sealed') EXECUTE FUNCTION sealed_is_final();
