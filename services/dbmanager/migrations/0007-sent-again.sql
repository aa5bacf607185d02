-- dbmanager: files are sent again, and the files of an archive are told apart.

-- The earlier transmission whose name and bytes it shares: SdI has not seen that one, so that the name is still its own.
ALTER TABLE dbmanager.transmission ADD COLUMN repeats uuid;
-- Any other name is used once for ever, as before.
DROP INDEX dbmanager.transmission_file_name;
CREATE UNIQUE INDEX transmission_file_name ON dbmanager.transmission (lower(file_name)) WHERE repeats IS NULL;
CREATE INDEX transmission_name_repeated ON dbmanager.transmission (lower(file_name)) WHERE repeats IS NOT NULL;

ALTER TABLE dbmanager.document
  -- The file of an archive that it stands in, by its name there; NULL where the file is no archive.
  ADD COLUMN part text,
  -- Where that file stands; NULL while SdI has not decided about it.
  ADD COLUMN status text CHECK (status IN ('INTERNAL_INVOICE_SENT', 'INTERNAL_INVOICE_DELIVERED', 'INTERNAL_INVOICE_DISCARDED',
    'INTERNAL_INVOICE_NOT_DELIVERED'));
