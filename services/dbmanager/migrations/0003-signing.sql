-- dbmanager: a transmission may have to be signed first; its content is the original until then, and the signed file afterwards.
ALTER TABLE dbmanager.transmission
  -- NULL where the file goes out as it came.
  ADD COLUMN sign_as text CHECK (sign_as IN ('cades', 'xades')),
  ADD COLUMN signed_at timestamptz;
