-- What is learned of media: how a movie is to be read, how a conform has numbered an element, and which probe jobs have
-- looked at a medium. The newest report on a medium is the newest `media_report` of those jobs; nothing is copied.
ALTER TABLE media
  ADD COLUMN movie_matrix text NOT NULL DEFAULT ''
    CONSTRAINT media_movie_matrix_check CHECK (movie_matrix IN ('', 'bt601', 'bt709', 'bt2020')),
  ADD COLUMN movie_range text NOT NULL DEFAULT ''
    CONSTRAINT media_movie_range_check CHECK (movie_range IN ('', 'limited', 'full')),
  -- [{"frames": "1-100", "add": 24}, …]
  ADD COLUMN conform_offsets jsonb NOT NULL DEFAULT '[]'
    CONSTRAINT media_conform_offsets_check CHECK (jsonb_typeof(conform_offsets) = 'array');

CREATE TABLE job_media (
  job_id uuid NOT NULL CONSTRAINT job_media_job_fkey REFERENCES job,
  -- The medium's place in the job's document, and so in its report.
  ordinal integer NOT NULL CONSTRAINT job_media_ordinal_check CHECK (ordinal >= 0),
  media_id uuid NOT NULL CONSTRAINT job_media_media_fkey REFERENCES media,
  CONSTRAINT job_media_pkey PRIMARY KEY (job_id, ordinal)
);
CREATE INDEX job_media_media_idx ON job_media (media_id, job_id);

-- Each medium with its newest report, and its newest with measures, whether the job found it fit for use or not.
CREATE VIEW media_known AS
SELECT m.*,
  r.sha256 AS report_sha256, r.ordinal AS report_ordinal, r.job_id AS report_job_id, r.created_at AS report_at,
  s.sha256 AS measured_sha256, s.ordinal AS measured_ordinal, s.job_id AS measured_job_id, s.created_at AS measured_at
FROM media m
LEFT JOIN LATERAL (
  SELECT a.sha256, l.ordinal, l.job_id, a.created_at
  FROM job_media l JOIN artifact_reference a ON a.job_id = l.job_id AND a.kind = 'media_report'
  WHERE l.media_id = m.media_id ORDER BY a.reference_no DESC LIMIT 1) r ON true
LEFT JOIN LATERAL (
  SELECT a.sha256, l.ordinal, l.job_id, a.created_at
  FROM job_media l JOIN artifact_reference a ON a.job_id = l.job_id AND a.kind = 'media_report'
  JOIN job j ON j.job_id = l.job_id AND j.spec #> '{probe,measure}' = 'true'::jsonb
  WHERE l.media_id = m.media_id ORDER BY a.reference_no DESC LIMIT 1) s ON true;
