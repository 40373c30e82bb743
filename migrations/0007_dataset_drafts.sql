-- Drafts of datasets, and versions that hold everything a model is trained on.
ALTER TABLE dataset_version
  DROP CONSTRAINT dataset_version_version_check,
  DROP CONSTRAINT dataset_version_pairs_check,
  DROP CONSTRAINT dataset_version_sha256_check,
  ADD COLUMN state text NOT NULL DEFAULT 'locked'
    CONSTRAINT dataset_version_state_check CHECK (state IN ('draft', 'locked')),
  -- Counts the edits of a draft; an edit names the one that it was made on.
  ADD COLUMN revision integer NOT NULL DEFAULT 1 CONSTRAINT dataset_version_revision_check CHECK (revision > 0),
  -- The text that sha256 is taken of. NULL in versions that are older than this column; theirs is in the others.
  ADD COLUMN content text,
  ADD COLUMN updated_at timestamptz NOT NULL DEFAULT now();
UPDATE dataset_version SET updated_at = created_at;
ALTER TABLE dataset_version
  ALTER COLUMN state DROP DEFAULT,
  ALTER COLUMN revision DROP DEFAULT,
  -- With dataset_version_version_key: a dataset has at most one draft.
  ADD CONSTRAINT dataset_version_version_check CHECK (version >= 0 AND (version = 0) = (state = 'draft')),
  ADD CONSTRAINT dataset_version_pairs_check CHECK (state = 'draft' OR cardinality(pairs) >= 2),
  ADD CONSTRAINT dataset_version_sha256_check
    CHECK (CASE state WHEN 'draft' THEN sha256 = '' ELSE sha256 ~ '^[0-9a-f]{64}$' END),
  ADD CONSTRAINT dataset_version_content_check CHECK (state = 'locked' OR content IS NOT NULL);

CREATE FUNCTION refuse_locked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% % is locked', TG_TABLE_NAME, OLD.dataset_version_id USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER dataset_version_locked BEFORE UPDATE OR DELETE ON dataset_version FOR EACH ROW
  WHEN (OLD.state = 'locked') EXECUTE FUNCTION refuse_locked();
