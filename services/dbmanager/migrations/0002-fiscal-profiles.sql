-- dbmanager: who issues documents that are made of JSON, and the registers (sezionali) that their numbers come from.

-- The profile as it was put, in the shape of fatturapa/compose/short-party.ts; what other rows ask for stays a column beside it.
ALTER TABLE dbmanager.fiscal_profile ADD COLUMN details jsonb;

-- How a register writes its numbers. The register `main` is everybody's and needs no row.
CREATE TABLE dbmanager.fiscal_register_form (
  customer_id bigint NOT NULL REFERENCES dbmanager.customer,
  name text NOT NULL,
  format text NOT NULL,
  updated_at timestamptz NOT NULL,
  updated_by text NOT NULL,
  PRIMARY KEY (customer_id, name)
);

ALTER TABLE dbmanager.fiscal_register
  -- The latest day of a document that got its number here: numbers and days should rise together.
  ADD COLUMN last_date date,
  -- How many numbers were given from here; while it is 0 the start may still be set.
  ADD COLUMN given bigint NOT NULL DEFAULT 0;

-- The JSON as it was asked, where the document was made of one; what could not be made is kept as JSON alone.
ALTER TABLE dbmanager.invoice ADD COLUMN request_content_id uuid;
ALTER TABLE dbmanager.invoice DROP CONSTRAINT invoice_file_kind_check;
-- Not valid: what is there held the narrower rule, and need not be read again.
ALTER TABLE dbmanager.invoice
  ADD CONSTRAINT invoice_file_kind_check CHECK (file_kind IN ('xml', 'p7m', 'zip', 'json')) NOT VALID;
