-- The stages before training, and the documents that one job hands to the next.
ALTER TABLE job DROP CONSTRAINT job_kind_check, ADD CONSTRAINT job_kind_check
  CHECK (kind IN ('probe', 'train', 'render', 'match', 'curate', 'align', 'baseline'));
ALTER TABLE task DROP CONSTRAINT task_kind_check, ADD CONSTRAINT task_kind_check
  CHECK (kind IN ('probe', 'train', 'render', 'publish', 'match', 'curate', 'align', 'baseline'));

CREATE TABLE job_input (
  job_id uuid NOT NULL CONSTRAINT job_input_job_fkey REFERENCES job,
  -- What the document is to the job that reads it, and the kind of artifact that it is.
  role text NOT NULL CONSTRAINT job_input_role_check CHECK (role <> ''),
  kind text NOT NULL CONSTRAINT job_input_kind_check CHECK (kind <> ''),
  -- One of the two: a document of the store, or the newest of that kind that a job has made.
  sha256 text CONSTRAINT job_input_sha256_check CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  from_job_id uuid CONSTRAINT job_input_from_job_fkey REFERENCES job,
  CONSTRAINT job_input_pkey PRIMARY KEY (job_id, role),
  CONSTRAINT job_input_origin_check CHECK ((sha256 IS NULL) <> (from_job_id IS NULL))
);
