-- Random words a source's token is made from, with the installation's key, whenever a signature has to be checked.
-- The token itself is stored nowhere: a copy of the database holds no secret that could sign a delivery. Null for
-- sources made before: they take their bearer token only, until it is renewed.
ALTER TABLE sources ADD COLUMN secret_words bytea;
