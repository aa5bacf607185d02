-- dbmanager: what the PEC provider certifies of the mails to SdI, and the clocks that run for invoices, with their alarms.

-- A receipt is kept once, whichever of its mails brings it; the mail itself stays with the mailbox.
CREATE TABLE dbmanager.pec_receipt (
  receipt_id uuid PRIMARY KEY,
  -- NULL where the Message-ID names no file of ours.
  transmission_id uuid,
  receipt text NOT NULL,
  of_message_id text NOT NULL,
  mailbox text NOT NULL,
  mail_id text NOT NULL UNIQUE,
  provider text,
  recipient text,
  -- As the provider says; NULL where it says none that can be read.
  certified_at timestamptz,
  reason text,
  -- The provider's daticert.xml, as it came.
  daticert text,
  -- Of the whole mail.
  sha256 bytea NOT NULL,
  received_at timestamptz NOT NULL,
  UNIQUE NULLS NOT DISTINCT (of_message_id, receipt, certified_at)
);
CREATE INDEX pec_receipt_transmission ON dbmanager.pec_receipt (transmission_id);
CREATE INDEX pec_receipt_received ON dbmanager.pec_receipt (received_at);

-- Whether a public body is the recipient, as SdI's notices say (family PA): only then somebody has to answer.
ALTER TABLE dbmanager.invoice ADD COLUMN recipient_is_office boolean NOT NULL DEFAULT false;

-- Those for which a clock may run; what SdI has settled leaves the indexes.
CREATE INDEX transmission_sent ON dbmanager.transmission (sent_at) WHERE state = 'SENT';
CREATE INDEX invoice_clocks ON dbmanager.invoice (status_last_updated_at)
  WHERE status = 'INTERNAL_INVOICE_DISCARDED' OR detail = 'DELIVERY_RETRIED'
    OR (recipient_is_office AND detail = 'DELIVERED_TO_RECIPIENT');

-- What should have happened and did not, each told once; cleared when it happens, or when it matters no more.
CREATE TABLE dbmanager.alarm (
  alarm_id uuid PRIMARY KEY,
  invoice_id uuid NOT NULL,
  -- The file that it is about; NULL for an invoice that we received.
  transmission_id uuid,
  kind text NOT NULL,
  -- From when the clock ran, and until when.
  since timestamptz NOT NULL,
  due_at timestamptz NOT NULL,
  raised_at timestamptz NOT NULL,
  cleared_at timestamptz,
  -- The event of the invoice's history, or the receipt, that cleared it.
  cleared_by text,
  UNIQUE NULLS NOT DISTINCT (invoice_id, transmission_id, kind)
);
CREATE INDEX alarm_open ON dbmanager.alarm (alarm_id) WHERE cleared_at IS NULL;
