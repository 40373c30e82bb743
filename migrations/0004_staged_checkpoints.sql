-- An upload that commits looks for the checkpoints that wait for its bytes.
CREATE INDEX checkpoint_staged_idx ON checkpoint (sha256) WHERE state = 'staged';
