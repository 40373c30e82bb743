-- How film frames are put together from telecined video: part of what makes a medium the one it is.
ALTER TABLE media
  -- {"cadence": "3:2", "phase": 0, "order": "top", "firstFrame": 1}; none: frames are read as they are.
  ADD COLUMN pulldown jsonb CONSTRAINT media_pulldown_check CHECK (jsonb_typeof(pulldown) = 'object');

-- A view keeps the columns that it was made with.
DROP VIEW media_known;
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
