-- dbmanager: SdI's notices come in: how each came, what it is about, and why it fits no transmission where it fits none (ADR-0012).
ALTER TABLE dbmanager.notice
  -- The kind, with family or outcome where that matters, as MC-PA or NE-EC02: what the table of details is asked by.
  ADD COLUMN notice_case text,
  -- As it was handed in; file_name is the file that the notice names.
  ADD COLUMN given_name text,
  ADD COLUMN source text,
  ADD COLUMN created_by text,
  -- Why it has no transmission: no file of that name or id is ours, or its hash is not that of the file sent.
  ADD COLUMN doubt text CHECK (doubt IN ('NO_SUCH_FILE', 'HASH_DIFFERS'));
CREATE INDEX notice_unmatched ON dbmanager.notice (received_at, notice_id) WHERE transmission_id IS NULL;

-- What was found with this outcome alone, as the errors of a discard; without it the invoice's own findings are told.
ALTER TABLE dbmanager.outcome ADD COLUMN findings jsonb;
