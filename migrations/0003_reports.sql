-- What attempts report, what the store holds, and what happened. Tables that only grow with time are partitioned by
-- it; the program makes partitions ahead, the default one takes what falls outside. No foreign key leads from them to
-- a hot row.

CREATE TABLE attempt_progress (
  task_id uuid CONSTRAINT attempt_progress_pkey PRIMARY KEY,
  attempt_no integer NOT NULL,
  job_id uuid NOT NULL,
  phase text NOT NULL,
  done bigint NOT NULL,
  total bigint NOT NULL,
  rate double precision NOT NULL,
  loss double precision,
  remaining_seconds double precision NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 50);
CREATE INDEX attempt_progress_job_idx ON attempt_progress (job_id);

CREATE TABLE checkpoint (
  job_id uuid NOT NULL CONSTRAINT checkpoint_job_fkey REFERENCES job,
  sha256 text NOT NULL CONSTRAINT checkpoint_sha256_check CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  -- Committed once the artifact store holds the bytes.
  state text NOT NULL CONSTRAINT checkpoint_state_check CHECK (state IN ('staged', 'committed')),
  task_id uuid NOT NULL,
  attempt_no integer NOT NULL,
  sequence bigint NOT NULL,
  size_bytes bigint NOT NULL,
  step bigint NOT NULL,
  total_steps bigint NOT NULL,
  best boolean NOT NULL,
  score double precision,
  parent_sha256 text NOT NULL,
  reported_at timestamptz NOT NULL DEFAULT now(),
  committed_at timestamptz,
  CONSTRAINT checkpoint_pkey PRIMARY KEY (job_id, sha256),
  CONSTRAINT checkpoint_committed_check CHECK ((state = 'committed') = (committed_at IS NOT NULL))
);

CREATE TRIGGER checkpoint_transition BEFORE UPDATE OF state ON checkpoint FOR EACH ROW
  WHEN (OLD.state = 'committed' AND NEW.state <> 'committed') EXECUTE FUNCTION refuse_change();

-- One file of the store; its row stands only while the file does.
CREATE TABLE artifact (
  sha256 text CONSTRAINT artifact_pkey PRIMARY KEY CONSTRAINT artifact_sha256_check CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  size_bytes bigint NOT NULL CONSTRAINT artifact_size_check CHECK (size_bytes >= 0),
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE artifact_reference (
  reference_no bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT artifact_reference_pkey PRIMARY KEY,
  sha256 text NOT NULL CONSTRAINT artifact_reference_artifact_fkey REFERENCES artifact,
  project_id uuid NOT NULL CONSTRAINT artifact_reference_project_fkey REFERENCES project,
  job_id uuid CONSTRAINT artifact_reference_job_fkey REFERENCES job,
  kind text NOT NULL CONSTRAINT artifact_reference_kind_check CHECK (kind <> ''),
  media_type text NOT NULL,
  name text NOT NULL,
  step bigint,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT artifact_reference_key UNIQUE NULLS NOT DISTINCT (project_id, sha256, job_id, kind, name, step)
);
CREATE INDEX artifact_reference_sha256_idx ON artifact_reference (sha256);
CREATE INDEX artifact_reference_job_idx ON artifact_reference (job_id, reference_no);

-- An upload under way. How far it has come is the length of its partial file, which its stream holds locked.
CREATE TABLE upload (
  upload_id uuid CONSTRAINT upload_pkey PRIMARY KEY,
  principal text NOT NULL CONSTRAINT upload_principal_fkey REFERENCES principal,
  project_id uuid NOT NULL CONSTRAINT upload_project_fkey REFERENCES project,
  job_id uuid CONSTRAINT upload_job_fkey REFERENCES job,
  sha256 text NOT NULL CONSTRAINT upload_sha256_check CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  size_bytes bigint NOT NULL CONSTRAINT upload_size_check CHECK (size_bytes >= 0),
  kind text NOT NULL,
  media_type text NOT NULL,
  name text NOT NULL,
  step bigint,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT upload_key UNIQUE NULLS NOT DISTINCT (principal, project_id, job_id, sha256)
);
CREATE INDEX upload_created_idx ON upload (created_at);

-- The one artifact store that belongs to this database.
CREATE TABLE artifact_store (
  singleton boolean CONSTRAINT artifact_store_pkey PRIMARY KEY DEFAULT true
    CONSTRAINT artifact_store_singleton_check CHECK (singleton),
  marker text NOT NULL CONSTRAINT artifact_store_marker_check CHECK (marker <> '')
);

-- One frame of one attempt with its held-plane proof; it counts once the attempt has succeeded.
CREATE TABLE rendered_frame (
  task_id uuid NOT NULL,
  attempt_no integer NOT NULL,
  frame integer NOT NULL,
  job_id uuid NOT NULL,
  file_name text NOT NULL,
  size_bytes bigint NOT NULL,
  sha256 text NOT NULL,
  composed_error double precision NOT NULL,
  written_error double precision NOT NULL,
  written_share_of_bound double precision NOT NULL,
  proven boolean NOT NULL,
  gamut_scaled_share double precision NOT NULL,
  error text NOT NULL,
  CONSTRAINT rendered_frame_pkey PRIMARY KEY (task_id, attempt_no, frame),
  CONSTRAINT rendered_frame_attempt_fkey FOREIGN KEY (task_id, attempt_no) REFERENCES attempt,
  CONSTRAINT rendered_frame_file_check CHECK ((error = '') = (file_name <> ''))
);
CREATE INDEX rendered_frame_job_idx ON rendered_frame (job_id, frame);

-- Who published the file that stands at a place.
CREATE TABLE publication (
  output_root text NOT NULL,
  output_folder text NOT NULL,
  file_name text NOT NULL,
  output_name text NOT NULL,
  frame integer,
  size_bytes bigint NOT NULL,
  sha256 text NOT NULL,
  job_id uuid NOT NULL CONSTRAINT publication_job_fkey REFERENCES job,
  task_id uuid NOT NULL,
  attempt_no integer NOT NULL,
  published_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT publication_pkey PRIMARY KEY (output_root, output_folder, file_name)
);
CREATE INDEX publication_job_idx ON publication (job_id);

CREATE TABLE attempt_log (
  task_id uuid NOT NULL,
  attempt_no integer NOT NULL,
  start_byte bigint NOT NULL,
  job_id uuid NOT NULL,
  -- bytea, since a chunk may end in the middle of a character.
  bytes bytea NOT NULL,
  written_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT attempt_log_pkey PRIMARY KEY (task_id, attempt_no, start_byte)
);
CREATE INDEX attempt_log_job_idx ON attempt_log (job_id);

CREATE TABLE adjustment (
  job_id uuid NOT NULL CONSTRAINT adjustment_job_fkey REFERENCES job,
  adjustment_no integer NOT NULL CONSTRAINT adjustment_number_check CHECK (adjustment_no > 0),
  steps bigint NOT NULL,
  learning_rate double precision NOT NULL,
  checkpoint_interval_steps bigint NOT NULL,
  contact_sheet_interval_steps bigint NOT NULL,
  made_by text NOT NULL CONSTRAINT adjustment_made_by_fkey REFERENCES principal,
  made_at timestamptz NOT NULL DEFAULT now(),
  -- The newest attempt that has taken it, and from which step on.
  applied_attempt_no integer,
  applied_step bigint,
  CONSTRAINT adjustment_pkey PRIMARY KEY (job_id, adjustment_no)
);

CREATE TABLE measure (
  measure_no bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT measure_pkey PRIMARY KEY,
  job_id uuid NOT NULL,
  task_id uuid NOT NULL,
  attempt_no integer NOT NULL,
  name text NOT NULL,
  value double precision NOT NULL,
  subject text NOT NULL,
  scope text NOT NULL,
  step bigint,
  frame integer,
  CONSTRAINT measure_key UNIQUE NULLS NOT DISTINCT (job_id, name, subject, scope, step, frame)
);
CREATE INDEX measure_job_idx ON measure (job_id, measure_no);

CREATE TABLE metric_point (
  at timestamptz NOT NULL DEFAULT now(),
  job_id uuid NOT NULL,
  attempt_no integer NOT NULL,
  step bigint NOT NULL,
  loss double precision NOT NULL,
  learning_rate double precision NOT NULL
) PARTITION BY RANGE (at);
CREATE TABLE metric_point_default PARTITION OF metric_point DEFAULT;
CREATE INDEX metric_point_job_idx ON metric_point (job_id, step);

-- Events as their transactions write them, in no order; one writer moves them to `event` after they have committed.
CREATE TABLE event_inbox (
  inbox_no bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT event_inbox_pkey PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT now(),
  job_id uuid NOT NULL,
  kind text NOT NULL,
  body jsonb NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);

CREATE TABLE event (
  position bigint NOT NULL CONSTRAINT event_position_check CHECK (position > 0),
  at timestamptz NOT NULL,
  job_id uuid NOT NULL,
  kind text NOT NULL,
  body jsonb NOT NULL,
  CONSTRAINT event_pkey PRIMARY KEY (position, at)
) PARTITION BY RANGE (at);
CREATE TABLE event_default PARTITION OF event DEFAULT;
CREATE INDEX event_job_idx ON event (job_id, position);

-- The position of the newest event; held by the one who writes.
CREATE TABLE event_head (
  singleton boolean CONSTRAINT event_head_pkey PRIMARY KEY DEFAULT true
    CONSTRAINT event_head_singleton_check CHECK (singleton),
  position bigint NOT NULL
);
INSERT INTO event_head (position) VALUES (0);

CREATE TABLE audit (
  audit_no bigint GENERATED ALWAYS AS IDENTITY,
  at timestamptz NOT NULL DEFAULT now(),
  principal text NOT NULL,
  action text NOT NULL,
  subject text NOT NULL,
  detail text NOT NULL,
  CONSTRAINT audit_pkey PRIMARY KEY (audit_no, at)
) PARTITION BY RANGE (at);
CREATE TABLE audit_default PARTITION OF audit DEFAULT;
CREATE INDEX audit_at_idx ON audit (at);

CREATE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE ON event FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();

-- Makes the partitions for this month and the two to come. When the default partition holds rows of such a month
-- already, that month stays there.
CREATE FUNCTION prepare_partitions() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  parent text;
  month date;
BEGIN
  FOREACH parent IN ARRAY ARRAY['event', 'audit', 'metric_point'] LOOP
    FOR ahead IN 0..2 LOOP
      month := date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => ahead);
      CONTINUE WHEN to_regclass(format('%s_%s', parent, to_char(month, 'YYYYMM'))) IS NOT NULL;
      BEGIN
        EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)',
          parent || '_' || to_char(month, 'YYYYMM'), parent,
          month::timestamp AT TIME ZONE 'UTC', (month + interval '1 month') AT TIME ZONE 'UTC');
      EXCEPTION WHEN check_violation THEN
        NULL;
      END;
    END LOOP;
  END LOOP;
END $$;
