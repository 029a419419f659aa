-- Random words a source's token is made from, with the installation's key, whenever a signature has to be checked.
-- The token itself is stored nowhere: a copy of the database holds no secret that could sign a delivery. Null for
-- sources made before: they take their bearer token only, until it is renewed.
ALTER TABLE sources ADD COLUMN secret_words bytea;
-- A secret the sender made itself, encrypted with the installation's key (ChaCha20-Poly1305, bound to the source's id).
ALTER TABLE sources ADD COLUMN secret_sealed bytea;
-- How the sender proves itself: 'secret' (token or signature), 'signature', 'token'.
ALTER TABLE sources ADD COLUMN proving text NOT NULL DEFAULT 'secret';
