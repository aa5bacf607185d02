-- dbmanager: invoices that SdI brings: for whom they are, what SdI says of them, and what public bodies answer.

-- By which of its addresses a customer is found (GET /api/recipients); they are compared in one spelling.
CREATE INDEX fiscal_profile_vat_number ON dbmanager.fiscal_profile (upper(vat_number));
CREATE INDEX fiscal_profile_tax_code ON dbmanager.fiscal_profile (upper(tax_code));
CREATE INDEX fiscal_profile_recipient_code ON dbmanager.fiscal_profile (upper(recipient_code));
CREATE INDEX fiscal_profile_pec ON dbmanager.fiscal_profile (lower(pec));

-- More of them than a profile has: a public body has a code for each of its offices, and often no VAT number at all.
CREATE TABLE dbmanager.recipient_address (
  customer_id bigint NOT NULL REFERENCES dbmanager.customer,
  kind text NOT NULL CHECK (kind IN ('taxCode', 'recipientCode', 'pec')),
  -- Codes in capitals, PEC addresses in small letters.
  value text NOT NULL,
  created_at timestamptz NOT NULL,
  created_by text NOT NULL,
  PRIMARY KEY (kind, value, customer_id)
);
CREATE INDEX recipient_address_customer ON dbmanager.recipient_address (customer_id);

-- The received invoice that a notice is about (MT, DT, SE, our EC); transmission_id is the file that was sent.
ALTER TABLE dbmanager.notice ADD COLUMN invoice_id uuid;
CREATE INDEX notice_invoice ON dbmanager.notice (invoice_id) WHERE invoice_id IS NOT NULL;
-- Those that wait for their invoice.
CREATE INDEX notice_lone_name ON dbmanager.notice (lower(file_name)) WHERE kind = 'MT' AND invoice_id IS NULL;
DROP INDEX dbmanager.notice_unmatched;
CREATE INDEX notice_unmatched ON dbmanager.notice (received_at, notice_id)
  WHERE transmission_id IS NULL AND invoice_id IS NULL;

CREATE INDEX invoice_external_file ON dbmanager.invoice (lower(file_name))
  WHERE kind = 'external' AND file_name IS NOT NULL;

-- What SdI says of a file that it brought (MT).
CREATE TABLE dbmanager.received_file (
  invoice_id uuid PRIMARY KEY,
  sdi_id text NOT NULL,
  file_name text NOT NULL,
  -- FPA12, FPR12 or FSM10, as the document says, else the MT.
  format text,
  received_at timestamptz NOT NULL,
  -- Until when a public body may answer; NULL where nobody answers.
  answer_by timestamptz,
  -- When SdI said that the term had passed (DT): for the whole file, or for these of its invoices.
  told_at timestamptz,
  told_positions integer[] NOT NULL DEFAULT '{}',
  -- Our clock has seen the end of the term.
  term_ended boolean NOT NULL DEFAULT false
);
CREATE INDEX received_file_sdi_id ON dbmanager.received_file (sdi_id);
CREATE INDEX received_file_name ON dbmanager.received_file (lower(file_name));
CREATE INDEX received_file_answer_by ON dbmanager.received_file (answer_by) WHERE answer_by IS NOT NULL AND NOT term_ended;

-- The answers of public bodies (EC); each is a file that goes to SdI, so a transmission.
CREATE TABLE dbmanager.received_answer (
  transmission_id uuid PRIMARY KEY,
  invoice_id uuid NOT NULL,
  -- The number of the answer for this invoice, from 1.
  counter integer NOT NULL,
  -- The invoice of the lot that it is about; NULL for all of them.
  position integer,
  outcome text NOT NULL CHECK (outcome IN ('EC01', 'EC02')),
  description text,
  -- MessageIdCommittente, by which SdI's discard (SE) names it.
  message_id text NOT NULL,
  mail text NOT NULL CHECK (mail IN ('TOBE_SENT', 'NOT_SENT', 'SENT', 'RETURNED', 'ARRIVED')),
  discarded_at timestamptz,
  created_at timestamptz NOT NULL,
  created_by text NOT NULL,
  UNIQUE (invoice_id, counter)
);
