-- The sender's ledger: one row per transmission, what the mail server said about it, and how often it was tried.
CREATE SCHEMA IF NOT EXISTS sender;

CREATE TABLE sender.mail (
  transmission_id uuid PRIMARY KEY,
  invoice_id uuid NOT NULL,
  file_name text NOT NULL,
  message_id text NOT NULL,
  state text NOT NULL CHECK (state IN ('deferred', 'uncertain', 'sent', 'refused')),
  tries integer NOT NULL,
  response text NOT NULL,
  correlation_id text NOT NULL,
  first_at timestamptz NOT NULL,
  last_at timestamptz NOT NULL
);
CREATE INDEX mail_by_file_name ON sender.mail (file_name);
CREATE INDEX mail_by_last_at ON sender.mail (last_at);
