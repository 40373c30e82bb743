-- Who there is, and what jobs are made of. Ids are UUIDv7 made by the program; names are text.

CREATE TABLE principal (
  name text CONSTRAINT principal_pkey PRIMARY KEY CONSTRAINT principal_name_check CHECK (name <> ''),
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE project (
  project_id uuid CONSTRAINT project_pkey PRIMARY KEY,
  name text NOT NULL CONSTRAINT project_name_key UNIQUE
    CONSTRAINT project_name_check CHECK (name ~ '^[a-z][a-z0-9_-]{0,62}$'),
  film_title text NOT NULL,
  created_by text NOT NULL CONSTRAINT project_created_by_fkey REFERENCES principal,
  request_id uuid NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT project_request_key UNIQUE (created_by, request_id)
);

-- Only the hash of a secret is kept.
CREATE TABLE token (
  token_id uuid CONSTRAINT token_pkey PRIMARY KEY,
  secret_sha256 text NOT NULL CONSTRAINT token_secret_key UNIQUE
    CONSTRAINT token_secret_check CHECK (secret_sha256 ~ '^[0-9a-f]{64}$'),
  principal text NOT NULL CONSTRAINT token_principal_fkey REFERENCES principal,
  role text NOT NULL CONSTRAINT token_role_check CHECK (role IN ('viewer', 'artist', 'supervisor', 'admin', 'worker')),
  project_id uuid CONSTRAINT token_project_fkey REFERENCES project,
  created_by text NOT NULL CONSTRAINT token_created_by_fkey REFERENCES principal,
  request_id uuid NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz,
  CONSTRAINT token_request_key UNIQUE (created_by, request_id),
  CONSTRAINT token_scope_check CHECK ((role IN ('admin', 'worker')) = (project_id IS NULL))
);

CREATE TABLE shot (
  project_id uuid NOT NULL CONSTRAINT shot_project_fkey REFERENCES project,
  name text NOT NULL CONSTRAINT shot_name_check CHECK (name <> ''),
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT shot_pkey PRIMARY KEY (project_id, name)
);

CREATE TABLE media (
  media_id uuid CONSTRAINT media_pkey PRIMARY KEY,
  project_id uuid NOT NULL CONSTRAINT media_project_fkey REFERENCES project,
  name text NOT NULL CONSTRAINT media_name_check CHECK (name <> ''),
  shot text NOT NULL,
  path text NOT NULL CONSTRAINT media_path_check CHECK (path <> ''),
  frame_range text NOT NULL,
  color_space text NOT NULL,
  element text NOT NULL,
  gauge text NOT NULL,
  generation text NOT NULL,
  polarity text NOT NULL,
  transfer text NOT NULL,
  completeness text NOT NULL,
  created_by text NOT NULL CONSTRAINT media_created_by_fkey REFERENCES principal,
  request_id uuid NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT media_name_key UNIQUE (project_id, name),
  CONSTRAINT media_request_key UNIQUE (created_by, request_id)
);

CREATE TABLE dataset_version (
  dataset_version_id uuid CONSTRAINT dataset_version_pkey PRIMARY KEY,
  project_id uuid NOT NULL CONSTRAINT dataset_version_project_fkey REFERENCES project,
  name text NOT NULL CONSTRAINT dataset_version_name_check CHECK (name <> ''),
  version integer NOT NULL CONSTRAINT dataset_version_version_check CHECK (version > 0),
  shot text NOT NULL,
  recovery text NOT NULL
    CONSTRAINT dataset_version_recovery_check CHECK (recovery IN ('chroma', 'spatial', 'combined', 'direct')),
  source_media_id uuid NOT NULL CONSTRAINT dataset_version_source_fkey REFERENCES media,
  reference_media_id uuid NOT NULL CONSTRAINT dataset_version_reference_fkey REFERENCES media,
  pairs integer[] NOT NULL CONSTRAINT dataset_version_pairs_check CHECK (cardinality(pairs) >= 2),
  held_out integer[] NOT NULL,
  sha256 text NOT NULL CONSTRAINT dataset_version_sha256_check CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  note text NOT NULL,
  created_by text NOT NULL CONSTRAINT dataset_version_created_by_fkey REFERENCES principal,
  request_id uuid NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT dataset_version_version_key UNIQUE (project_id, name, version),
  CONSTRAINT dataset_version_request_key UNIQUE (created_by, request_id),
  CONSTRAINT dataset_version_split_check CHECK (NOT pairs && held_out)
);
