-- Jobs, tasks, attempts and the workers that run them. The transitions that the triggers below allow are those of
-- docs/state-machine.md. Hot rows keep room in their pages, so that an update stays on its page.

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%: % may not become this', TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'check_violation', DETAIL = format('from %s', OLD);
END $$;

CREATE TABLE job (
  job_id uuid CONSTRAINT job_pkey PRIMARY KEY,
  project_id uuid NOT NULL CONSTRAINT job_project_fkey REFERENCES project,
  shot text NOT NULL,
  kind text NOT NULL CONSTRAINT job_kind_check CHECK (kind IN ('probe', 'train', 'render')),
  state text NOT NULL DEFAULT 'pending' CONSTRAINT job_state_check
    CHECK (state IN ('pending', 'running', 'succeeded', 'partial', 'failed', 'cancelled')),
  priority integer NOT NULL CONSTRAINT job_priority_check CHECK (priority BETWEEN -100 AND 100),
  pool text NOT NULL,
  submitted_by text NOT NULL CONSTRAINT job_submitted_by_fkey REFERENCES principal,
  request_id uuid NOT NULL,
  -- The document's very bytes; `spec` is a copy to query.
  spec_bytes bytea NOT NULL,
  spec_sha256 text NOT NULL CONSTRAINT job_spec_sha256_check CHECK (spec_sha256 ~ '^[0-9a-f]{64}$'),
  spec jsonb NOT NULL,
  -- Render: what is published where, with which model.
  frames int4multirange NOT NULL,
  frame_count integer NOT NULL,
  output_root text NOT NULL,
  output_folder text NOT NULL,
  output_name text NOT NULL,
  replaces boolean NOT NULL,
  train_job_id uuid CONSTRAINT job_train_job_fkey REFERENCES job,
  checkpoint_sha256 text NOT NULL,
  -- Dependencies that have not succeeded yet; no task is ready before it is 0.
  unmet_dependencies integer NOT NULL CONSTRAINT job_unmet_dependencies_check CHECK (unmet_dependencies >= 0),
  cancel_requested_at timestamptz,
  failure_kind text,
  failure_message text,
  failure_remedy text,
  tasks_total integer NOT NULL,
  tasks_succeeded integer NOT NULL DEFAULT 0,
  tasks_partial integer NOT NULL DEFAULT 0,
  tasks_published integer NOT NULL DEFAULT 0,
  tasks_failed integer NOT NULL DEFAULT 0,
  tasks_cancelled integer NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now(),
  started_at timestamptz,
  ended_at timestamptz,
  CONSTRAINT job_request_key UNIQUE (submitted_by, request_id),
  CONSTRAINT job_tasks_check CHECK (tasks_succeeded + tasks_failed + tasks_cancelled <= tasks_total
    AND tasks_partial <= tasks_succeeded AND tasks_published <= tasks_succeeded),
  CONSTRAINT job_end_check CHECK ((state IN ('pending', 'running')) = (ended_at IS NULL)),
  CONSTRAINT job_done_check CHECK (ended_at IS NULL
    OR tasks_succeeded + tasks_failed + tasks_cancelled = tasks_total),
  CONSTRAINT job_success_check CHECK (state <> 'succeeded' OR tasks_succeeded = tasks_total),
  CONSTRAINT job_failure_check CHECK ((failure_kind IS NULL) = (failure_message IS NULL)),
  CONSTRAINT job_output_check CHECK ((kind = 'render') = (output_root <> ''))
) WITH (fillfactor = 70);
CREATE INDEX job_project_idx ON job (project_id, job_id);
CREATE INDEX job_output_idx ON job (output_root, output_folder, output_name) WHERE kind = 'render' AND ended_at IS NULL;

CREATE TRIGGER job_transition BEFORE UPDATE OF state ON job FOR EACH ROW
  WHEN (OLD.state <> NEW.state AND NOT (
    (OLD.state = 'pending' AND NEW.state IN ('running', 'failed', 'cancelled')) OR
    (OLD.state = 'running' AND NEW.state IN ('succeeded', 'partial', 'failed', 'cancelled'))))
  EXECUTE FUNCTION refuse_change();

CREATE TABLE job_dependency (
  job_id uuid NOT NULL CONSTRAINT job_dependency_job_fkey REFERENCES job,
  needs_job_id uuid NOT NULL CONSTRAINT job_dependency_needs_fkey REFERENCES job,
  CONSTRAINT job_dependency_pkey PRIMARY KEY (job_id, needs_job_id),
  CONSTRAINT job_dependency_self_check CHECK (job_id <> needs_job_id)
);
CREATE INDEX job_dependency_needs_idx ON job_dependency (needs_job_id);

-- What a task asks of a worker, each distinct wish once.
CREATE TABLE requirement (
  requirement_id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT requirement_pkey PRIMARY KEY,
  weight text NOT NULL CONSTRAINT requirement_weight_check CHECK (weight IN ('light', 'device')),
  job_schema integer NOT NULL,
  pool text NOT NULL,
  tags text[] NOT NULL,
  roots text[] NOT NULL,
  -- Empty: any.
  device_kind text NOT NULL CONSTRAINT requirement_device_kind_check CHECK (device_kind IN ('', 'cpu', 'cuda')),
  device_memory_bytes bigint NOT NULL,
  CONSTRAINT requirement_key UNIQUE (weight, job_schema, pool, tags, roots, device_kind, device_memory_bytes)
);

CREATE TABLE worker (
  worker_id uuid CONSTRAINT worker_pkey PRIMARY KEY,
  name text NOT NULL CONSTRAINT worker_name_key UNIQUE CONSTRAINT worker_name_check CHECK (name <> ''),
  principal text NOT NULL CONSTRAINT worker_principal_fkey REFERENCES principal,
  host text NOT NULL,
  pool text NOT NULL,
  tags text[] NOT NULL,
  roots text[] NOT NULL,
  version text NOT NULL,
  job_schema integer NOT NULL,
  incarnation text NOT NULL,
  -- Of the newest session; sessions of lower epochs are fenced.
  epoch bigint NOT NULL CONSTRAINT worker_epoch_check CHECK (epoch > 0),
  connected boolean NOT NULL,
  draining boolean NOT NULL DEFAULT false,
  quarantined_at timestamptz,
  failures_in_a_row integer NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 70);

CREATE TABLE worker_heartbeat (
  worker_id uuid CONSTRAINT worker_heartbeat_pkey PRIMARY KEY
    CONSTRAINT worker_heartbeat_worker_fkey REFERENCES worker,
  seen_at timestamptz NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE device (
  uuid text CONSTRAINT device_pkey PRIMARY KEY CONSTRAINT device_uuid_check CHECK (uuid <> ''),
  worker_id uuid NOT NULL CONSTRAINT device_worker_fkey REFERENCES worker,
  kind text NOT NULL CONSTRAINT device_kind_check CHECK (kind IN ('cpu', 'cuda')),
  model text NOT NULL,
  memory_bytes bigint NOT NULL,
  cores integer NOT NULL,
  ordinal integer NOT NULL,
  -- Whether the worker's newest session still has it; a reserved one stays until its attempt has ended.
  present boolean NOT NULL,
  slots integer NOT NULL DEFAULT 1,
  reserved_slots integer NOT NULL DEFAULT 0,
  reserved_bytes bigint NOT NULL DEFAULT 0,
  used_bytes bigint NOT NULL DEFAULT 0,
  CONSTRAINT device_slots_check CHECK (reserved_slots BETWEEN 0 AND slots),
  CONSTRAINT device_memory_check CHECK (reserved_bytes BETWEEN 0 AND memory_bytes)
) WITH (fillfactor = 50);
CREATE INDEX device_worker_idx ON device (worker_id);

CREATE TABLE task (
  task_id uuid CONSTRAINT task_pkey PRIMARY KEY,
  job_id uuid NOT NULL CONSTRAINT task_job_fkey REFERENCES job,
  ordinal integer NOT NULL,
  kind text NOT NULL CONSTRAINT task_kind_check CHECK (kind IN ('probe', 'train', 'render', 'publish')),
  state text NOT NULL CONSTRAINT task_state_check
    CHECK (state IN ('blocked', 'ready', 'paused', 'running', 'succeeded', 'failed', 'cancelled')),
  frames text NOT NULL,
  frame_count integer NOT NULL,
  requirement_id bigint NOT NULL CONSTRAINT task_requirement_fkey REFERENCES requirement,
  -- Publish: the render task whose committed attempt is published, and its number once there is one.
  waits_for_task_id uuid CONSTRAINT task_waits_for_fkey REFERENCES task,
  source_attempt_no integer,
  preferred_worker_id uuid CONSTRAINT task_preferred_worker_fkey REFERENCES worker,
  -- Attempts made so far, and those that spent a retry.
  attempts integer NOT NULL DEFAULT 0,
  retries integer NOT NULL DEFAULT 0,
  partial boolean NOT NULL DEFAULT false,
  ready_at timestamptz,
  started_at timestamptz,
  ended_at timestamptz,
  CONSTRAINT task_ordinal_key UNIQUE (job_id, ordinal),
  CONSTRAINT task_publish_check CHECK ((kind = 'publish') = (waits_for_task_id IS NOT NULL)),
  CONSTRAINT task_source_check CHECK (kind <> 'publish' OR state IN ('blocked', 'cancelled')
    OR source_attempt_no IS NOT NULL),
  CONSTRAINT task_end_check CHECK ((state IN ('succeeded', 'failed', 'cancelled')) = (ended_at IS NOT NULL)),
  CONSTRAINT task_retries_check CHECK (retries BETWEEN 0 AND attempts)
) WITH (fillfactor = 70);
CREATE INDEX task_waits_for_idx ON task (waits_for_task_id) WHERE waits_for_task_id IS NOT NULL;

CREATE TRIGGER task_transition BEFORE UPDATE OF state ON task FOR EACH ROW
  WHEN (OLD.state <> NEW.state AND NOT (
    (OLD.state = 'blocked' AND NEW.state IN ('ready', 'cancelled')) OR
    (OLD.state = 'ready' AND NEW.state IN ('running', 'paused', 'failed', 'cancelled')) OR
    (OLD.state = 'paused' AND NEW.state IN ('ready', 'cancelled')) OR
    (OLD.state = 'running' AND NEW.state IN ('ready', 'paused', 'succeeded', 'failed', 'cancelled'))))
  EXECUTE FUNCTION refuse_change();

-- The queue: one narrow row for each task that may be claimed now. Rows come and go; nothing is updated.
CREATE TABLE task_ready (
  task_id uuid CONSTRAINT task_ready_pkey PRIMARY KEY,
  requirement_id bigint NOT NULL,
  rank_key bigint NOT NULL,
  job_id uuid NOT NULL,
  preferred_worker_id uuid
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX task_ready_rank_idx ON task_ready (requirement_id, rank_key);
CREATE INDEX task_ready_job_idx ON task_ready (job_id);

-- Ready tasks whose back-off has not passed.
CREATE TABLE task_delayed (
  task_id uuid CONSTRAINT task_delayed_pkey PRIMARY KEY,
  job_id uuid NOT NULL,
  ready_at timestamptz NOT NULL
);
CREATE INDEX task_delayed_ready_idx ON task_delayed (ready_at);
CREATE INDEX task_delayed_job_idx ON task_delayed (job_id);

CREATE TABLE attempt (
  task_id uuid NOT NULL CONSTRAINT attempt_task_fkey REFERENCES task,
  attempt_no integer NOT NULL CONSTRAINT attempt_attempt_no_check CHECK (attempt_no > 0),
  job_id uuid NOT NULL,
  token text NOT NULL CONSTRAINT attempt_token_check CHECK (length(token) >= 32),
  state text NOT NULL DEFAULT 'offered' CONSTRAINT attempt_state_check
    CHECK (state IN ('offered', 'running', 'succeeded', 'failed', 'preempted', 'lost', 'cancelled', 'rejected',
                     'expired')),
  worker_id uuid NOT NULL CONSTRAINT attempt_worker_fkey REFERENCES worker,
  incarnation text NOT NULL,
  leader_term bigint NOT NULL,
  -- Null for light tasks.
  device_uuid text CONSTRAINT attempt_device_fkey REFERENCES device,
  reserved_bytes bigint NOT NULL,
  checkpoint_sha256 text NOT NULL,
  resume_sha256 text NOT NULL,
  renewals bigint NOT NULL DEFAULT 0,
  lease_until timestamptz NOT NULL,
  stop_reason text CONSTRAINT attempt_stop_reason_check CHECK (stop_reason IN ('cancelled', 'preempted', 'paused')),
  stored_sequence bigint NOT NULL DEFAULT 0,
  result jsonb,
  partial boolean NOT NULL DEFAULT false,
  failure_kind text,
  failure_message text,
  failure_remedy text,
  offered_at timestamptz NOT NULL DEFAULT now(),
  accepted_at timestamptz,
  ended_at timestamptz,
  CONSTRAINT attempt_pkey PRIMARY KEY (task_id, attempt_no),
  CONSTRAINT attempt_end_check CHECK ((state IN ('offered', 'running')) = (ended_at IS NULL)),
  CONSTRAINT attempt_failure_check CHECK ((state = 'failed') = (failure_kind IS NOT NULL)),
  CONSTRAINT attempt_result_check CHECK (state NOT IN ('succeeded', 'failed', 'preempted') OR result IS NOT NULL)
) WITH (fillfactor = 60);
CREATE UNIQUE INDEX attempt_live_key ON attempt (task_id) WHERE state IN ('offered', 'running');
CREATE INDEX attempt_live_worker_idx ON attempt (worker_id) WHERE state IN ('offered', 'running');
CREATE INDEX attempt_live_job_idx ON attempt (job_id) WHERE state IN ('offered', 'running');
CREATE INDEX attempt_worker_idx ON attempt (worker_id, offered_at);

CREATE TRIGGER attempt_transition BEFORE UPDATE OF state ON attempt FOR EACH ROW
  WHEN (OLD.state <> NEW.state AND NOT (
    (OLD.state = 'offered' AND NEW.state IN ('running', 'rejected', 'expired', 'cancelled')) OR
    (OLD.state = 'running' AND NEW.state IN ('succeeded', 'failed', 'preempted', 'lost', 'cancelled'))))
  EXECUTE FUNCTION refuse_change();

-- What a worker did with a job before.
CREATE TABLE job_worker_record (
  job_id uuid NOT NULL CONSTRAINT job_worker_record_job_fkey REFERENCES job,
  worker_id uuid NOT NULL CONSTRAINT job_worker_record_worker_fkey REFERENCES worker,
  failures integer NOT NULL,
  rejections integer NOT NULL,
  CONSTRAINT job_worker_record_pkey PRIMARY KEY (job_id, worker_id)
);

-- Who plans. The database issues the terms; one row.
CREATE TABLE leader (
  singleton boolean CONSTRAINT leader_pkey PRIMARY KEY DEFAULT true CONSTRAINT leader_singleton_check CHECK (singleton),
  term bigint NOT NULL,
  holder text NOT NULL,
  lease_until timestamptz NOT NULL
);
INSERT INTO leader (term, holder, lease_until) VALUES (0, '', '-infinity');
