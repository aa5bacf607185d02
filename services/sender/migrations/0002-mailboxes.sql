-- Several mailboxes, SdI's dedicated addresses, what the PEC provider's receipts decide, and how many mails may go.
ALTER TABLE sender.mail
  ADD COLUMN mailbox text,
  ADD COLUMN recipient text,
  ADD COLUMN customer_id bigint,
  ADD COLUMN invoice_number bigint,
  -- Since when nobody knows whether it went out (real time, whatever the hub's clock was turned to).
  ADD COLUMN unsure_at timestamptz;

-- Where SdI wants the files of a mailbox (in lower case), learned from a mail of its own.
CREATE TABLE sender.sdi_address (
  mailbox text PRIMARY KEY,
  address text NOT NULL,
  learned_at timestamptz NOT NULL,
  mail_id text NOT NULL
);

-- What a receipt says of a mail that the ledger does not call sent, or does not know yet.
CREATE TABLE sender.receipt (
  transmission_id uuid PRIMARY KEY,
  verdict text NOT NULL CHECK (verdict IN ('sent', 'refused')),
  words text NOT NULL,
  heard_at timestamptz NOT NULL
);

-- When each mail of a mailbox was let go, for as long as the bounds look back (real time).
CREATE TABLE sender.mail_leave (
  mailbox text NOT NULL,
  at timestamptz NOT NULL,
  transmission_id uuid NOT NULL
);
CREATE INDEX mail_leave_by_mailbox ON sender.mail_leave (mailbox, at);
