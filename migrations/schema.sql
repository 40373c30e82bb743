SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
CREATE FUNCTION public.prepare_partitions() RETURNS void
    LANGUAGE plpgsql
    AS $$
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
CREATE FUNCTION public.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  RAISE EXCEPTION '%: % may not become this', TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'check_violation', DETAIL = format('from %s', OLD);
END $$;
CREATE FUNCTION public.refuse_locked() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  RAISE EXCEPTION '% % is locked', TG_TABLE_NAME, OLD.dataset_version_id USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE FUNCTION public.refuse_rewriting() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
SET default_tablespace = '';
SET default_table_access_method = heap;
CREATE TABLE public.adjustment (
    job_id uuid NOT NULL,
    adjustment_no integer NOT NULL,
    steps bigint NOT NULL,
    learning_rate double precision NOT NULL,
    checkpoint_interval_steps bigint NOT NULL,
    contact_sheet_interval_steps bigint NOT NULL,
    made_by text NOT NULL,
    made_at timestamp with time zone DEFAULT now() NOT NULL,
    applied_attempt_no integer,
    applied_step bigint,
    CONSTRAINT adjustment_number_check CHECK ((adjustment_no > 0))
);
CREATE TABLE public.artifact (
    sha256 text NOT NULL,
    size_bytes bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT artifact_sha256_check CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT artifact_size_check CHECK ((size_bytes >= 0))
);
CREATE TABLE public.artifact_reference (
    reference_no bigint NOT NULL,
    sha256 text NOT NULL,
    project_id uuid NOT NULL,
    job_id uuid,
    kind text NOT NULL,
    media_type text NOT NULL,
    name text NOT NULL,
    step bigint,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT artifact_reference_kind_check CHECK ((kind <> ''::text))
);
ALTER TABLE public.artifact_reference ALTER COLUMN reference_no ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.artifact_reference_reference_no_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.artifact_store (
    singleton boolean DEFAULT true NOT NULL,
    marker text NOT NULL,
    CONSTRAINT artifact_store_marker_check CHECK ((marker <> ''::text)),
    CONSTRAINT artifact_store_singleton_check CHECK (singleton)
);
CREATE TABLE public.attempt (
    task_id uuid NOT NULL,
    attempt_no integer NOT NULL,
    job_id uuid NOT NULL,
    token text NOT NULL,
    state text DEFAULT 'offered'::text NOT NULL,
    worker_id uuid NOT NULL,
    incarnation text NOT NULL,
    leader_term bigint NOT NULL,
    device_uuid text,
    reserved_bytes bigint NOT NULL,
    checkpoint_sha256 text NOT NULL,
    resume_sha256 text NOT NULL,
    renewals bigint DEFAULT 0 NOT NULL,
    lease_until timestamp with time zone NOT NULL,
    stop_reason text,
    stored_sequence bigint DEFAULT 0 NOT NULL,
    result jsonb,
    partial boolean DEFAULT false NOT NULL,
    failure_kind text,
    failure_message text,
    failure_remedy text,
    offered_at timestamp with time zone DEFAULT now() NOT NULL,
    accepted_at timestamp with time zone,
    ended_at timestamp with time zone,
    CONSTRAINT attempt_attempt_no_check CHECK ((attempt_no > 0)),
    CONSTRAINT attempt_end_check CHECK (((state = ANY (ARRAY['offered'::text, 'running'::text])) = (ended_at IS NULL))),
    CONSTRAINT attempt_failure_check CHECK (((state = 'failed'::text) = (failure_kind IS NOT NULL))),
    CONSTRAINT attempt_result_check CHECK (((state <> ALL (ARRAY['succeeded'::text, 'failed'::text, 'preempted'::text])) OR (result IS NOT NULL))),
    CONSTRAINT attempt_state_check CHECK ((state = ANY (ARRAY['offered'::text, 'running'::text, 'succeeded'::text, 'failed'::text, 'preempted'::text, 'lost'::text, 'cancelled'::text, 'rejected'::text, 'expired'::text]))),
    CONSTRAINT attempt_stop_reason_check CHECK ((stop_reason = ANY (ARRAY['cancelled'::text, 'preempted'::text, 'paused'::text]))),
    CONSTRAINT attempt_token_check CHECK ((length(token) >= 32))
)
WITH (fillfactor='60');
CREATE TABLE public.attempt_log (
    task_id uuid NOT NULL,
    attempt_no integer NOT NULL,
    start_byte bigint NOT NULL,
    job_id uuid NOT NULL,
    bytes bytea NOT NULL,
    written_at timestamp with time zone DEFAULT now() NOT NULL
);
CREATE TABLE public.attempt_progress (
    task_id uuid NOT NULL,
    attempt_no integer NOT NULL,
    job_id uuid NOT NULL,
    phase text NOT NULL,
    done bigint NOT NULL,
    total bigint NOT NULL,
    rate double precision NOT NULL,
    loss double precision,
    remaining_seconds double precision NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
)
WITH (fillfactor='50');
CREATE TABLE public.audit (
    audit_no bigint NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    principal text NOT NULL,
    action text NOT NULL,
    subject text NOT NULL,
    detail text NOT NULL
)
PARTITION BY RANGE (at);
ALTER TABLE public.audit ALTER COLUMN audit_no ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.audit_audit_no_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.audit_default (
    audit_no bigint NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    principal text NOT NULL,
    action text NOT NULL,
    subject text NOT NULL,
    detail text NOT NULL
);
CREATE TABLE public.checkpoint (
    job_id uuid NOT NULL,
    sha256 text NOT NULL,
    state text NOT NULL,
    task_id uuid NOT NULL,
    attempt_no integer NOT NULL,
    sequence bigint NOT NULL,
    size_bytes bigint NOT NULL,
    step bigint NOT NULL,
    total_steps bigint NOT NULL,
    best boolean NOT NULL,
    score double precision,
    parent_sha256 text NOT NULL,
    reported_at timestamp with time zone DEFAULT now() NOT NULL,
    committed_at timestamp with time zone,
    CONSTRAINT checkpoint_committed_check CHECK (((state = 'committed'::text) = (committed_at IS NOT NULL))),
    CONSTRAINT checkpoint_sha256_check CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT checkpoint_state_check CHECK ((state = ANY (ARRAY['staged'::text, 'committed'::text])))
);
CREATE TABLE public.dataset_version (
    dataset_version_id uuid NOT NULL,
    project_id uuid NOT NULL,
    name text NOT NULL,
    version integer NOT NULL,
    shot text NOT NULL,
    recovery text NOT NULL,
    source_media_id uuid NOT NULL,
    reference_media_id uuid NOT NULL,
    pairs integer[] NOT NULL,
    held_out integer[] NOT NULL,
    sha256 text NOT NULL,
    note text NOT NULL,
    created_by text NOT NULL,
    request_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    state text NOT NULL,
    revision integer NOT NULL,
    content text,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT dataset_version_content_check CHECK (((state = 'locked'::text) OR (content IS NOT NULL))),
    CONSTRAINT dataset_version_name_check CHECK ((name <> ''::text)),
    CONSTRAINT dataset_version_pairs_check CHECK (((state = 'draft'::text) OR (cardinality(pairs) >= 2))),
    CONSTRAINT dataset_version_recovery_check CHECK ((recovery = ANY (ARRAY['chroma'::text, 'spatial'::text, 'combined'::text, 'direct'::text]))),
    CONSTRAINT dataset_version_revision_check CHECK ((revision > 0)),
    CONSTRAINT dataset_version_sha256_check CHECK (
CASE state
    WHEN 'draft'::text THEN (sha256 = ''::text)
    ELSE (sha256 ~ '^[0-9a-f]{64}$'::text)
END),
    CONSTRAINT dataset_version_split_check CHECK ((NOT (pairs && held_out))),
    CONSTRAINT dataset_version_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'locked'::text]))),
    CONSTRAINT dataset_version_version_check CHECK (((version >= 0) AND ((version = 0) = (state = 'draft'::text))))
);
CREATE TABLE public.device (
    uuid text NOT NULL,
    worker_id uuid NOT NULL,
    kind text NOT NULL,
    model text NOT NULL,
    memory_bytes bigint NOT NULL,
    cores integer NOT NULL,
    ordinal integer NOT NULL,
    present boolean NOT NULL,
    slots integer DEFAULT 1 NOT NULL,
    reserved_slots integer DEFAULT 0 NOT NULL,
    reserved_bytes bigint DEFAULT 0 NOT NULL,
    used_bytes bigint DEFAULT 0 NOT NULL,
    CONSTRAINT device_kind_check CHECK ((kind = ANY (ARRAY['cpu'::text, 'cuda'::text]))),
    CONSTRAINT device_memory_check CHECK (((reserved_bytes >= 0) AND (reserved_bytes <= memory_bytes))),
    CONSTRAINT device_slots_check CHECK (((reserved_slots >= 0) AND (reserved_slots <= slots))),
    CONSTRAINT device_uuid_check CHECK ((uuid <> ''::text))
)
WITH (fillfactor='50');
CREATE TABLE public.event (
    "position" bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    job_id uuid NOT NULL,
    kind text NOT NULL,
    body jsonb NOT NULL,
    CONSTRAINT event_position_check CHECK (("position" > 0))
)
PARTITION BY RANGE (at);
CREATE TABLE public.event_default (
    "position" bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    job_id uuid NOT NULL,
    kind text NOT NULL,
    body jsonb NOT NULL,
    CONSTRAINT event_position_check CHECK (("position" > 0))
);
CREATE TABLE public.event_head (
    singleton boolean DEFAULT true NOT NULL,
    "position" bigint NOT NULL,
    CONSTRAINT event_head_singleton_check CHECK (singleton)
);
CREATE TABLE public.event_inbox (
    inbox_no bigint NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    job_id uuid NOT NULL,
    kind text NOT NULL,
    body jsonb NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0.02', autovacuum_vacuum_cost_delay='0');
ALTER TABLE public.event_inbox ALTER COLUMN inbox_no ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.event_inbox_inbox_no_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.job (
    job_id uuid NOT NULL,
    project_id uuid NOT NULL,
    shot text NOT NULL,
    kind text NOT NULL,
    state text DEFAULT 'pending'::text NOT NULL,
    priority integer NOT NULL,
    pool text NOT NULL,
    submitted_by text NOT NULL,
    request_id uuid NOT NULL,
    spec_bytes bytea NOT NULL,
    spec_sha256 text NOT NULL,
    spec jsonb NOT NULL,
    frames int4multirange NOT NULL,
    frame_count integer NOT NULL,
    output_root text NOT NULL,
    output_folder text NOT NULL,
    output_name text NOT NULL,
    replaces boolean NOT NULL,
    train_job_id uuid,
    checkpoint_sha256 text NOT NULL,
    unmet_dependencies integer NOT NULL,
    cancel_requested_at timestamp with time zone,
    failure_kind text,
    failure_message text,
    failure_remedy text,
    tasks_total integer NOT NULL,
    tasks_succeeded integer DEFAULT 0 NOT NULL,
    tasks_partial integer DEFAULT 0 NOT NULL,
    tasks_published integer DEFAULT 0 NOT NULL,
    tasks_failed integer DEFAULT 0 NOT NULL,
    tasks_cancelled integer DEFAULT 0 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    started_at timestamp with time zone,
    ended_at timestamp with time zone,
    CONSTRAINT job_done_check CHECK (((ended_at IS NULL) OR (((tasks_succeeded + tasks_failed) + tasks_cancelled) = tasks_total))),
    CONSTRAINT job_end_check CHECK (((state = ANY (ARRAY['pending'::text, 'running'::text])) = (ended_at IS NULL))),
    CONSTRAINT job_failure_check CHECK (((failure_kind IS NULL) = (failure_message IS NULL))),
    CONSTRAINT job_kind_check CHECK ((kind = ANY (ARRAY['probe'::text, 'train'::text, 'render'::text, 'match'::text, 'curate'::text, 'align'::text, 'baseline'::text]))),
    CONSTRAINT job_output_check CHECK (((kind = 'render'::text) = (output_root <> ''::text))),
    CONSTRAINT job_priority_check CHECK (((priority >= '-100'::integer) AND (priority <= 100))),
    CONSTRAINT job_spec_sha256_check CHECK ((spec_sha256 ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT job_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'running'::text, 'succeeded'::text, 'partial'::text, 'failed'::text, 'cancelled'::text]))),
    CONSTRAINT job_success_check CHECK (((state <> 'succeeded'::text) OR (tasks_succeeded = tasks_total))),
    CONSTRAINT job_tasks_check CHECK (((((tasks_succeeded + tasks_failed) + tasks_cancelled) <= tasks_total) AND (tasks_partial <= tasks_succeeded) AND (tasks_published <= tasks_succeeded))),
    CONSTRAINT job_unmet_dependencies_check CHECK ((unmet_dependencies >= 0))
)
WITH (fillfactor='70');
CREATE TABLE public.job_dependency (
    job_id uuid NOT NULL,
    needs_job_id uuid NOT NULL,
    CONSTRAINT job_dependency_self_check CHECK ((job_id <> needs_job_id))
);
CREATE TABLE public.job_input (
    job_id uuid NOT NULL,
    role text NOT NULL,
    kind text NOT NULL,
    sha256 text,
    from_job_id uuid,
    CONSTRAINT job_input_kind_check CHECK ((kind <> ''::text)),
    CONSTRAINT job_input_origin_check CHECK (((sha256 IS NULL) <> (from_job_id IS NULL))),
    CONSTRAINT job_input_role_check CHECK ((role <> ''::text)),
    CONSTRAINT job_input_sha256_check CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text))
);
CREATE TABLE public.job_media (
    job_id uuid NOT NULL,
    ordinal integer NOT NULL,
    media_id uuid NOT NULL,
    CONSTRAINT job_media_ordinal_check CHECK ((ordinal >= 0))
);
CREATE TABLE public.job_worker_record (
    job_id uuid NOT NULL,
    worker_id uuid NOT NULL,
    failures integer NOT NULL,
    rejections integer NOT NULL
);
CREATE TABLE public.leader (
    singleton boolean DEFAULT true NOT NULL,
    term bigint NOT NULL,
    holder text NOT NULL,
    lease_until timestamp with time zone NOT NULL,
    CONSTRAINT leader_singleton_check CHECK (singleton)
);
CREATE TABLE public.measure (
    measure_no bigint NOT NULL,
    job_id uuid NOT NULL,
    task_id uuid NOT NULL,
    attempt_no integer NOT NULL,
    name text NOT NULL,
    value double precision NOT NULL,
    subject text NOT NULL,
    scope text NOT NULL,
    step bigint,
    frame integer
);
ALTER TABLE public.measure ALTER COLUMN measure_no ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.measure_measure_no_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.media (
    media_id uuid NOT NULL,
    project_id uuid NOT NULL,
    name text NOT NULL,
    shot text NOT NULL,
    path text NOT NULL,
    frame_range text NOT NULL,
    color_space text NOT NULL,
    element text NOT NULL,
    gauge text NOT NULL,
    generation text NOT NULL,
    polarity text NOT NULL,
    transfer text NOT NULL,
    completeness text NOT NULL,
    created_by text NOT NULL,
    request_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    movie_matrix text DEFAULT ''::text NOT NULL,
    movie_range text DEFAULT ''::text NOT NULL,
    conform_offsets jsonb DEFAULT '[]'::jsonb NOT NULL,
    pulldown jsonb,
    CONSTRAINT media_conform_offsets_check CHECK ((jsonb_typeof(conform_offsets) = 'array'::text)),
    CONSTRAINT media_movie_matrix_check CHECK ((movie_matrix = ANY (ARRAY[''::text, 'bt601'::text, 'bt709'::text, 'bt2020'::text]))),
    CONSTRAINT media_movie_range_check CHECK ((movie_range = ANY (ARRAY[''::text, 'limited'::text, 'full'::text]))),
    CONSTRAINT media_name_check CHECK ((name <> ''::text)),
    CONSTRAINT media_path_check CHECK ((path <> ''::text)),
    CONSTRAINT media_pulldown_check CHECK ((jsonb_typeof(pulldown) = 'object'::text))
);
COMMENT ON COLUMN public.media.pulldown IS 'How film frames are put together from telecined video; null: frames are read as they are. {"cadence": "3:2" or "2:2", "phase": 0 to 4, "order": "top", "bottom" or "" (top), "countedFrom": the video frame that counting begins at}; without countedFrom it begins at 1. Older rows have "firstFrame" instead, whose 0 means 1.';
CREATE VIEW public.media_known AS
 SELECT m.media_id,
    m.project_id,
    m.name,
    m.shot,
    m.path,
    m.frame_range,
    m.color_space,
    m.element,
    m.gauge,
    m.generation,
    m.polarity,
    m.transfer,
    m.completeness,
    m.created_by,
    m.request_id,
    m.created_at,
    m.movie_matrix,
    m.movie_range,
    m.conform_offsets,
    m.pulldown,
    r.sha256 AS report_sha256,
    r.ordinal AS report_ordinal,
    r.job_id AS report_job_id,
    r.created_at AS report_at,
    s.sha256 AS measured_sha256,
    s.ordinal AS measured_ordinal,
    s.job_id AS measured_job_id,
    s.created_at AS measured_at
   FROM ((public.media m
     LEFT JOIN LATERAL ( SELECT a.sha256,
            l.ordinal,
            l.job_id,
            a.created_at
           FROM (public.job_media l
             JOIN public.artifact_reference a ON (((a.job_id = l.job_id) AND (a.kind = 'media_report'::text))))
          WHERE (l.media_id = m.media_id)
          ORDER BY a.reference_no DESC
         LIMIT 1) r ON (true))
     LEFT JOIN LATERAL ( SELECT a.sha256,
            l.ordinal,
            l.job_id,
            a.created_at
           FROM ((public.job_media l
             JOIN public.artifact_reference a ON (((a.job_id = l.job_id) AND (a.kind = 'media_report'::text))))
             JOIN public.job j ON (((j.job_id = l.job_id) AND ((j.spec #> '{probe,measure}'::text[]) = 'true'::jsonb))))
          WHERE (l.media_id = m.media_id)
          ORDER BY a.reference_no DESC
         LIMIT 1) s ON (true));
CREATE TABLE public.metric_point (
    at timestamp with time zone DEFAULT now() NOT NULL,
    job_id uuid NOT NULL,
    attempt_no integer NOT NULL,
    step bigint NOT NULL,
    loss double precision NOT NULL,
    learning_rate double precision NOT NULL
)
PARTITION BY RANGE (at);
CREATE TABLE public.metric_point_default (
    at timestamp with time zone DEFAULT now() NOT NULL,
    job_id uuid NOT NULL,
    attempt_no integer NOT NULL,
    step bigint NOT NULL,
    loss double precision NOT NULL,
    learning_rate double precision NOT NULL
);
CREATE TABLE public.principal (
    name text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT principal_name_check CHECK ((name <> ''::text))
);
CREATE TABLE public.project (
    project_id uuid NOT NULL,
    name text NOT NULL,
    film_title text NOT NULL,
    created_by text NOT NULL,
    request_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT project_name_check CHECK ((name ~ '^[a-z][a-z0-9_-]{0,62}$'::text))
);
CREATE TABLE public.publication (
    output_root text NOT NULL,
    output_folder text NOT NULL,
    file_name text NOT NULL,
    output_name text NOT NULL,
    frame integer,
    size_bytes bigint NOT NULL,
    sha256 text NOT NULL,
    job_id uuid NOT NULL,
    task_id uuid NOT NULL,
    attempt_no integer NOT NULL,
    published_at timestamp with time zone DEFAULT now() NOT NULL
);
CREATE TABLE public.rendered_frame (
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
    CONSTRAINT rendered_frame_file_check CHECK (((error = ''::text) = (file_name <> ''::text)))
);
CREATE TABLE public.requirement (
    requirement_id bigint NOT NULL,
    weight text NOT NULL,
    job_schema integer NOT NULL,
    pool text NOT NULL,
    tags text[] NOT NULL,
    roots text[] NOT NULL,
    device_kind text NOT NULL,
    device_memory_bytes bigint NOT NULL,
    CONSTRAINT requirement_device_kind_check CHECK ((device_kind = ANY (ARRAY[''::text, 'cpu'::text, 'cuda'::text]))),
    CONSTRAINT requirement_weight_check CHECK ((weight = ANY (ARRAY['light'::text, 'device'::text])))
);
ALTER TABLE public.requirement ALTER COLUMN requirement_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.requirement_requirement_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.schema_migration (
    number integer NOT NULL,
    name text NOT NULL,
    sha256 text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);
CREATE TABLE public.shot (
    project_id uuid NOT NULL,
    name text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT shot_name_check CHECK ((name <> ''::text))
);
CREATE TABLE public.task (
    task_id uuid NOT NULL,
    job_id uuid NOT NULL,
    ordinal integer NOT NULL,
    kind text NOT NULL,
    state text NOT NULL,
    frames text NOT NULL,
    frame_count integer NOT NULL,
    requirement_id bigint NOT NULL,
    waits_for_task_id uuid,
    source_attempt_no integer,
    preferred_worker_id uuid,
    attempts integer DEFAULT 0 NOT NULL,
    retries integer DEFAULT 0 NOT NULL,
    partial boolean DEFAULT false NOT NULL,
    ready_at timestamp with time zone,
    started_at timestamp with time zone,
    ended_at timestamp with time zone,
    CONSTRAINT task_end_check CHECK (((state = ANY (ARRAY['succeeded'::text, 'failed'::text, 'cancelled'::text])) = (ended_at IS NOT NULL))),
    CONSTRAINT task_kind_check CHECK ((kind = ANY (ARRAY['probe'::text, 'train'::text, 'render'::text, 'publish'::text, 'match'::text, 'curate'::text, 'align'::text, 'baseline'::text]))),
    CONSTRAINT task_publish_check CHECK (((kind = 'publish'::text) = (waits_for_task_id IS NOT NULL))),
    CONSTRAINT task_retries_check CHECK (((retries >= 0) AND (retries <= attempts))),
    CONSTRAINT task_source_check CHECK (((kind <> 'publish'::text) OR (state = ANY (ARRAY['blocked'::text, 'cancelled'::text])) OR (source_attempt_no IS NOT NULL))),
    CONSTRAINT task_state_check CHECK ((state = ANY (ARRAY['blocked'::text, 'ready'::text, 'paused'::text, 'running'::text, 'succeeded'::text, 'failed'::text, 'cancelled'::text])))
)
WITH (fillfactor='70');
CREATE TABLE public.task_delayed (
    task_id uuid NOT NULL,
    job_id uuid NOT NULL,
    ready_at timestamp with time zone NOT NULL
);
CREATE TABLE public.task_ready (
    task_id uuid NOT NULL,
    requirement_id bigint NOT NULL,
    rank_key bigint NOT NULL,
    job_id uuid NOT NULL,
    preferred_worker_id uuid
)
WITH (autovacuum_vacuum_scale_factor='0.02', autovacuum_vacuum_cost_delay='0');
CREATE TABLE public.token (
    token_id uuid NOT NULL,
    secret_sha256 text NOT NULL,
    principal text NOT NULL,
    role text NOT NULL,
    project_id uuid,
    created_by text NOT NULL,
    request_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    CONSTRAINT token_role_check CHECK ((role = ANY (ARRAY['viewer'::text, 'artist'::text, 'supervisor'::text, 'admin'::text, 'worker'::text]))),
    CONSTRAINT token_scope_check CHECK (((role = ANY (ARRAY['admin'::text, 'worker'::text])) = (project_id IS NULL))),
    CONSTRAINT token_secret_check CHECK ((secret_sha256 ~ '^[0-9a-f]{64}$'::text))
);
CREATE TABLE public.upload (
    upload_id uuid NOT NULL,
    principal text NOT NULL,
    project_id uuid NOT NULL,
    job_id uuid,
    sha256 text NOT NULL,
    size_bytes bigint NOT NULL,
    kind text NOT NULL,
    media_type text NOT NULL,
    name text NOT NULL,
    step bigint,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT upload_sha256_check CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT upload_size_check CHECK ((size_bytes >= 0))
);
CREATE TABLE public.worker (
    worker_id uuid NOT NULL,
    name text NOT NULL,
    principal text NOT NULL,
    host text NOT NULL,
    pool text NOT NULL,
    tags text[] NOT NULL,
    roots text[] NOT NULL,
    version text NOT NULL,
    job_schema integer NOT NULL,
    incarnation text NOT NULL,
    epoch bigint NOT NULL,
    connected boolean NOT NULL,
    draining boolean DEFAULT false NOT NULL,
    quarantined_at timestamp with time zone,
    failures_in_a_row integer DEFAULT 0 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT worker_epoch_check CHECK ((epoch > 0)),
    CONSTRAINT worker_name_check CHECK ((name <> ''::text))
)
WITH (fillfactor='70');
CREATE TABLE public.worker_heartbeat (
    worker_id uuid NOT NULL,
    seen_at timestamp with time zone NOT NULL
)
WITH (fillfactor='50');
ALTER TABLE ONLY public.audit ATTACH PARTITION public.audit_default DEFAULT;
ALTER TABLE ONLY public.event ATTACH PARTITION public.event_default DEFAULT;
ALTER TABLE ONLY public.metric_point ATTACH PARTITION public.metric_point_default DEFAULT;
ALTER TABLE ONLY public.adjustment
    ADD CONSTRAINT adjustment_pkey PRIMARY KEY (job_id, adjustment_no);
ALTER TABLE ONLY public.artifact
    ADD CONSTRAINT artifact_pkey PRIMARY KEY (sha256);
ALTER TABLE ONLY public.artifact_reference
    ADD CONSTRAINT artifact_reference_key UNIQUE NULLS NOT DISTINCT (project_id, sha256, job_id, kind, name, step);
ALTER TABLE ONLY public.artifact_reference
    ADD CONSTRAINT artifact_reference_pkey PRIMARY KEY (reference_no);
ALTER TABLE ONLY public.artifact_store
    ADD CONSTRAINT artifact_store_pkey PRIMARY KEY (singleton);
ALTER TABLE ONLY public.attempt_log
    ADD CONSTRAINT attempt_log_pkey PRIMARY KEY (task_id, attempt_no, start_byte);
ALTER TABLE ONLY public.attempt
    ADD CONSTRAINT attempt_pkey PRIMARY KEY (task_id, attempt_no);
ALTER TABLE ONLY public.attempt_progress
    ADD CONSTRAINT attempt_progress_pkey PRIMARY KEY (task_id);
ALTER TABLE ONLY public.audit
    ADD CONSTRAINT audit_pkey PRIMARY KEY (audit_no, at);
ALTER TABLE ONLY public.audit_default
    ADD CONSTRAINT audit_default_pkey PRIMARY KEY (audit_no, at);
ALTER TABLE ONLY public.checkpoint
    ADD CONSTRAINT checkpoint_pkey PRIMARY KEY (job_id, sha256);
ALTER TABLE ONLY public.dataset_version
    ADD CONSTRAINT dataset_version_pkey PRIMARY KEY (dataset_version_id);
ALTER TABLE ONLY public.dataset_version
    ADD CONSTRAINT dataset_version_request_key UNIQUE (created_by, request_id);
ALTER TABLE ONLY public.dataset_version
    ADD CONSTRAINT dataset_version_version_key UNIQUE (project_id, name, version);
ALTER TABLE ONLY public.device
    ADD CONSTRAINT device_pkey PRIMARY KEY (uuid);
ALTER TABLE ONLY public.event
    ADD CONSTRAINT event_pkey PRIMARY KEY ("position", at);
ALTER TABLE ONLY public.event_default
    ADD CONSTRAINT event_default_pkey PRIMARY KEY ("position", at);
ALTER TABLE ONLY public.event_head
    ADD CONSTRAINT event_head_pkey PRIMARY KEY (singleton);
ALTER TABLE ONLY public.event_inbox
    ADD CONSTRAINT event_inbox_pkey PRIMARY KEY (inbox_no);
ALTER TABLE ONLY public.job_dependency
    ADD CONSTRAINT job_dependency_pkey PRIMARY KEY (job_id, needs_job_id);
ALTER TABLE ONLY public.job_input
    ADD CONSTRAINT job_input_pkey PRIMARY KEY (job_id, role);
ALTER TABLE ONLY public.job_media
    ADD CONSTRAINT job_media_pkey PRIMARY KEY (job_id, ordinal);
ALTER TABLE ONLY public.job
    ADD CONSTRAINT job_pkey PRIMARY KEY (job_id);
ALTER TABLE ONLY public.job
    ADD CONSTRAINT job_request_key UNIQUE (submitted_by, request_id);
ALTER TABLE ONLY public.job_worker_record
    ADD CONSTRAINT job_worker_record_pkey PRIMARY KEY (job_id, worker_id);
ALTER TABLE ONLY public.leader
    ADD CONSTRAINT leader_pkey PRIMARY KEY (singleton);
ALTER TABLE ONLY public.measure
    ADD CONSTRAINT measure_key UNIQUE NULLS NOT DISTINCT (job_id, name, subject, scope, step, frame);
ALTER TABLE ONLY public.measure
    ADD CONSTRAINT measure_pkey PRIMARY KEY (measure_no);
ALTER TABLE ONLY public.media
    ADD CONSTRAINT media_name_key UNIQUE (project_id, name);
ALTER TABLE ONLY public.media
    ADD CONSTRAINT media_pkey PRIMARY KEY (media_id);
ALTER TABLE ONLY public.media
    ADD CONSTRAINT media_request_key UNIQUE (created_by, request_id);
ALTER TABLE ONLY public.principal
    ADD CONSTRAINT principal_pkey PRIMARY KEY (name);
ALTER TABLE ONLY public.project
    ADD CONSTRAINT project_name_key UNIQUE (name);
ALTER TABLE ONLY public.project
    ADD CONSTRAINT project_pkey PRIMARY KEY (project_id);
ALTER TABLE ONLY public.project
    ADD CONSTRAINT project_request_key UNIQUE (created_by, request_id);
ALTER TABLE ONLY public.publication
    ADD CONSTRAINT publication_pkey PRIMARY KEY (output_root, output_folder, file_name);
ALTER TABLE ONLY public.rendered_frame
    ADD CONSTRAINT rendered_frame_pkey PRIMARY KEY (task_id, attempt_no, frame);
ALTER TABLE ONLY public.requirement
    ADD CONSTRAINT requirement_key UNIQUE (weight, job_schema, pool, tags, roots, device_kind, device_memory_bytes);
ALTER TABLE ONLY public.requirement
    ADD CONSTRAINT requirement_pkey PRIMARY KEY (requirement_id);
ALTER TABLE ONLY public.schema_migration
    ADD CONSTRAINT schema_migration_pkey PRIMARY KEY (number);
ALTER TABLE ONLY public.shot
    ADD CONSTRAINT shot_pkey PRIMARY KEY (project_id, name);
ALTER TABLE ONLY public.task_delayed
    ADD CONSTRAINT task_delayed_pkey PRIMARY KEY (task_id);
ALTER TABLE ONLY public.task
    ADD CONSTRAINT task_ordinal_key UNIQUE (job_id, ordinal);
ALTER TABLE ONLY public.task
    ADD CONSTRAINT task_pkey PRIMARY KEY (task_id);
ALTER TABLE ONLY public.task_ready
    ADD CONSTRAINT task_ready_pkey PRIMARY KEY (task_id);
ALTER TABLE ONLY public.token
    ADD CONSTRAINT token_pkey PRIMARY KEY (token_id);
ALTER TABLE ONLY public.token
    ADD CONSTRAINT token_request_key UNIQUE (created_by, request_id);
ALTER TABLE ONLY public.token
    ADD CONSTRAINT token_secret_key UNIQUE (secret_sha256);
ALTER TABLE ONLY public.upload
    ADD CONSTRAINT upload_key UNIQUE NULLS NOT DISTINCT (principal, project_id, job_id, sha256);
ALTER TABLE ONLY public.upload
    ADD CONSTRAINT upload_pkey PRIMARY KEY (upload_id);
ALTER TABLE ONLY public.worker_heartbeat
    ADD CONSTRAINT worker_heartbeat_pkey PRIMARY KEY (worker_id);
ALTER TABLE ONLY public.worker
    ADD CONSTRAINT worker_name_key UNIQUE (name);
ALTER TABLE ONLY public.worker
    ADD CONSTRAINT worker_pkey PRIMARY KEY (worker_id);
CREATE INDEX artifact_reference_job_idx ON public.artifact_reference USING btree (job_id, reference_no);
CREATE INDEX artifact_reference_sha256_idx ON public.artifact_reference USING btree (sha256);
CREATE INDEX attempt_live_job_idx ON public.attempt USING btree (job_id) WHERE (state = ANY (ARRAY['offered'::text, 'running'::text]));
CREATE UNIQUE INDEX attempt_live_key ON public.attempt USING btree (task_id) WHERE (state = ANY (ARRAY['offered'::text, 'running'::text]));
CREATE INDEX attempt_live_worker_idx ON public.attempt USING btree (worker_id) WHERE (state = ANY (ARRAY['offered'::text, 'running'::text]));
CREATE INDEX attempt_log_job_idx ON public.attempt_log USING btree (job_id);
CREATE INDEX attempt_progress_job_idx ON public.attempt_progress USING btree (job_id);
CREATE INDEX attempt_worker_idx ON public.attempt USING btree (worker_id, offered_at);
CREATE INDEX audit_at_idx ON ONLY public.audit USING btree (at);
CREATE INDEX audit_default_at_idx ON public.audit_default USING btree (at);
CREATE INDEX checkpoint_staged_idx ON public.checkpoint USING btree (sha256) WHERE (state = 'staged'::text);
CREATE INDEX device_worker_idx ON public.device USING btree (worker_id);
CREATE INDEX event_job_idx ON ONLY public.event USING btree (job_id, "position");
CREATE INDEX event_default_job_id_position_idx ON public.event_default USING btree (job_id, "position");
CREATE INDEX job_dependency_needs_idx ON public.job_dependency USING btree (needs_job_id);
CREATE INDEX job_media_media_idx ON public.job_media USING btree (media_id, job_id);
CREATE INDEX job_output_idx ON public.job USING btree (output_root, output_folder, output_name) WHERE ((kind = 'render'::text) AND (ended_at IS NULL));
CREATE INDEX job_project_idx ON public.job USING btree (project_id, job_id);
CREATE INDEX measure_job_idx ON public.measure USING btree (job_id, measure_no);
CREATE INDEX metric_point_job_idx ON ONLY public.metric_point USING btree (job_id, step);
CREATE INDEX metric_point_default_job_id_step_idx ON public.metric_point_default USING btree (job_id, step);
CREATE INDEX publication_job_idx ON public.publication USING btree (job_id);
CREATE INDEX rendered_frame_job_idx ON public.rendered_frame USING btree (job_id, frame);
CREATE INDEX task_delayed_job_idx ON public.task_delayed USING btree (job_id);
CREATE INDEX task_delayed_ready_idx ON public.task_delayed USING btree (ready_at);
CREATE INDEX task_ready_job_idx ON public.task_ready USING btree (job_id);
CREATE INDEX task_ready_rank_idx ON public.task_ready USING btree (requirement_id, rank_key);
CREATE INDEX task_waits_for_idx ON public.task USING btree (waits_for_task_id) WHERE (waits_for_task_id IS NOT NULL);
CREATE INDEX upload_created_idx ON public.upload USING btree (created_at);
ALTER INDEX public.audit_at_idx ATTACH PARTITION public.audit_default_at_idx;
ALTER INDEX public.audit_pkey ATTACH PARTITION public.audit_default_pkey;
ALTER INDEX public.event_job_idx ATTACH PARTITION public.event_default_job_id_position_idx;
ALTER INDEX public.event_pkey ATTACH PARTITION public.event_default_pkey;
ALTER INDEX public.metric_point_job_idx ATTACH PARTITION public.metric_point_default_job_id_step_idx;
CREATE TRIGGER attempt_transition BEFORE UPDATE OF state ON public.attempt FOR EACH ROW WHEN (((old.state <> new.state) AND (NOT (((old.state = 'offered'::text) AND (new.state = ANY (ARRAY['running'::text, 'rejected'::text, 'expired'::text, 'cancelled'::text]))) OR ((old.state = 'running'::text) AND (new.state = ANY (ARRAY['succeeded'::text, 'failed'::text, 'preempted'::text, 'lost'::text, 'cancelled'::text]))))))) EXECUTE FUNCTION public.refuse_change();
CREATE TRIGGER audit_append_only BEFORE DELETE OR UPDATE ON public.audit FOR EACH ROW EXECUTE FUNCTION public.refuse_rewriting();
CREATE TRIGGER checkpoint_transition BEFORE UPDATE OF state ON public.checkpoint FOR EACH ROW WHEN (((old.state = 'committed'::text) AND (new.state <> 'committed'::text))) EXECUTE FUNCTION public.refuse_change();
CREATE TRIGGER dataset_version_locked BEFORE DELETE OR UPDATE ON public.dataset_version FOR EACH ROW WHEN ((old.state = 'locked'::text)) EXECUTE FUNCTION public.refuse_locked();
CREATE TRIGGER event_append_only BEFORE DELETE OR UPDATE ON public.event FOR EACH ROW EXECUTE FUNCTION public.refuse_rewriting();
CREATE TRIGGER job_transition BEFORE UPDATE OF state ON public.job FOR EACH ROW WHEN (((old.state <> new.state) AND (NOT (((old.state = 'pending'::text) AND (new.state = ANY (ARRAY['running'::text, 'failed'::text, 'cancelled'::text]))) OR ((old.state = 'running'::text) AND (new.state = ANY (ARRAY['succeeded'::text, 'partial'::text, 'failed'::text, 'cancelled'::text]))))))) EXECUTE FUNCTION public.refuse_change();
CREATE TRIGGER task_transition BEFORE UPDATE OF state ON public.task FOR EACH ROW WHEN (((old.state <> new.state) AND (NOT (((old.state = 'blocked'::text) AND (new.state = ANY (ARRAY['ready'::text, 'cancelled'::text]))) OR ((old.state = 'ready'::text) AND (new.state = ANY (ARRAY['running'::text, 'paused'::text, 'failed'::text, 'cancelled'::text]))) OR ((old.state = 'paused'::text) AND (new.state = ANY (ARRAY['ready'::text, 'cancelled'::text]))) OR ((old.state = 'running'::text) AND (new.state = ANY (ARRAY['ready'::text, 'paused'::text, 'succeeded'::text, 'failed'::text, 'cancelled'::text]))))))) EXECUTE FUNCTION public.refuse_change();
ALTER TABLE ONLY public.adjustment
    ADD CONSTRAINT adjustment_job_fkey FOREIGN KEY (job_id) REFERENCES public.job(job_id);
ALTER TABLE ONLY public.adjustment
    ADD CONSTRAINT adjustment_made_by_fkey FOREIGN KEY (made_by) REFERENCES public.principal(name);
ALTER TABLE ONLY public.artifact_reference
    ADD CONSTRAINT artifact_reference_artifact_fkey FOREIGN KEY (sha256) REFERENCES public.artifact(sha256);
ALTER TABLE ONLY public.artifact_reference
    ADD CONSTRAINT artifact_reference_job_fkey FOREIGN KEY (job_id) REFERENCES public.job(job_id);
ALTER TABLE ONLY public.artifact_reference
    ADD CONSTRAINT artifact_reference_project_fkey FOREIGN KEY (project_id) REFERENCES public.project(project_id);
ALTER TABLE ONLY public.attempt
    ADD CONSTRAINT attempt_device_fkey FOREIGN KEY (device_uuid) REFERENCES public.device(uuid);
ALTER TABLE ONLY public.attempt
    ADD CONSTRAINT attempt_task_fkey FOREIGN KEY (task_id) REFERENCES public.task(task_id);
ALTER TABLE ONLY public.attempt
    ADD CONSTRAINT attempt_worker_fkey FOREIGN KEY (worker_id) REFERENCES public.worker(worker_id);
ALTER TABLE ONLY public.checkpoint
    ADD CONSTRAINT checkpoint_job_fkey FOREIGN KEY (job_id) REFERENCES public.job(job_id);
ALTER TABLE ONLY public.dataset_version
    ADD CONSTRAINT dataset_version_created_by_fkey FOREIGN KEY (created_by) REFERENCES public.principal(name);
ALTER TABLE ONLY public.dataset_version
    ADD CONSTRAINT dataset_version_project_fkey FOREIGN KEY (project_id) REFERENCES public.project(project_id);
ALTER TABLE ONLY public.dataset_version
    ADD CONSTRAINT dataset_version_reference_fkey FOREIGN KEY (reference_media_id) REFERENCES public.media(media_id);
ALTER TABLE ONLY public.dataset_version
    ADD CONSTRAINT dataset_version_source_fkey FOREIGN KEY (source_media_id) REFERENCES public.media(media_id);
ALTER TABLE ONLY public.device
    ADD CONSTRAINT device_worker_fkey FOREIGN KEY (worker_id) REFERENCES public.worker(worker_id);
ALTER TABLE ONLY public.job_dependency
    ADD CONSTRAINT job_dependency_job_fkey FOREIGN KEY (job_id) REFERENCES public.job(job_id);
ALTER TABLE ONLY public.job_dependency
    ADD CONSTRAINT job_dependency_needs_fkey FOREIGN KEY (needs_job_id) REFERENCES public.job(job_id);
ALTER TABLE ONLY public.job_input
    ADD CONSTRAINT job_input_from_job_fkey FOREIGN KEY (from_job_id) REFERENCES public.job(job_id);
ALTER TABLE ONLY public.job_input
    ADD CONSTRAINT job_input_job_fkey FOREIGN KEY (job_id) REFERENCES public.job(job_id);
ALTER TABLE ONLY public.job_media
    ADD CONSTRAINT job_media_job_fkey FOREIGN KEY (job_id) REFERENCES public.job(job_id);
ALTER TABLE ONLY public.job_media
    ADD CONSTRAINT job_media_media_fkey FOREIGN KEY (media_id) REFERENCES public.media(media_id);
ALTER TABLE ONLY public.job
    ADD CONSTRAINT job_project_fkey FOREIGN KEY (project_id) REFERENCES public.project(project_id);
ALTER TABLE ONLY public.job
    ADD CONSTRAINT job_submitted_by_fkey FOREIGN KEY (submitted_by) REFERENCES public.principal(name);
ALTER TABLE ONLY public.job
    ADD CONSTRAINT job_train_job_fkey FOREIGN KEY (train_job_id) REFERENCES public.job(job_id);
ALTER TABLE ONLY public.job_worker_record
    ADD CONSTRAINT job_worker_record_job_fkey FOREIGN KEY (job_id) REFERENCES public.job(job_id);
ALTER TABLE ONLY public.job_worker_record
    ADD CONSTRAINT job_worker_record_worker_fkey FOREIGN KEY (worker_id) REFERENCES public.worker(worker_id);
ALTER TABLE ONLY public.media
    ADD CONSTRAINT media_created_by_fkey FOREIGN KEY (created_by) REFERENCES public.principal(name);
ALTER TABLE ONLY public.media
    ADD CONSTRAINT media_project_fkey FOREIGN KEY (project_id) REFERENCES public.project(project_id);
ALTER TABLE ONLY public.project
    ADD CONSTRAINT project_created_by_fkey FOREIGN KEY (created_by) REFERENCES public.principal(name);
ALTER TABLE ONLY public.publication
    ADD CONSTRAINT publication_job_fkey FOREIGN KEY (job_id) REFERENCES public.job(job_id);
ALTER TABLE ONLY public.rendered_frame
    ADD CONSTRAINT rendered_frame_attempt_fkey FOREIGN KEY (task_id, attempt_no) REFERENCES public.attempt(task_id, attempt_no);
ALTER TABLE ONLY public.shot
    ADD CONSTRAINT shot_project_fkey FOREIGN KEY (project_id) REFERENCES public.project(project_id);
ALTER TABLE ONLY public.task
    ADD CONSTRAINT task_job_fkey FOREIGN KEY (job_id) REFERENCES public.job(job_id);
ALTER TABLE ONLY public.task
    ADD CONSTRAINT task_preferred_worker_fkey FOREIGN KEY (preferred_worker_id) REFERENCES public.worker(worker_id);
ALTER TABLE ONLY public.task
    ADD CONSTRAINT task_requirement_fkey FOREIGN KEY (requirement_id) REFERENCES public.requirement(requirement_id);
ALTER TABLE ONLY public.task
    ADD CONSTRAINT task_waits_for_fkey FOREIGN KEY (waits_for_task_id) REFERENCES public.task(task_id);
ALTER TABLE ONLY public.token
    ADD CONSTRAINT token_created_by_fkey FOREIGN KEY (created_by) REFERENCES public.principal(name);
ALTER TABLE ONLY public.token
    ADD CONSTRAINT token_principal_fkey FOREIGN KEY (principal) REFERENCES public.principal(name);
ALTER TABLE ONLY public.token
    ADD CONSTRAINT token_project_fkey FOREIGN KEY (project_id) REFERENCES public.project(project_id);
ALTER TABLE ONLY public.upload
    ADD CONSTRAINT upload_job_fkey FOREIGN KEY (job_id) REFERENCES public.job(job_id);
ALTER TABLE ONLY public.upload
    ADD CONSTRAINT upload_principal_fkey FOREIGN KEY (principal) REFERENCES public.principal(name);
ALTER TABLE ONLY public.upload
    ADD CONSTRAINT upload_project_fkey FOREIGN KEY (project_id) REFERENCES public.project(project_id);
ALTER TABLE ONLY public.worker_heartbeat
    ADD CONSTRAINT worker_heartbeat_worker_fkey FOREIGN KEY (worker_id) REFERENCES public.worker(worker_id);
ALTER TABLE ONLY public.worker
    ADD CONSTRAINT worker_principal_fkey FOREIGN KEY (principal) REFERENCES public.principal(name);
