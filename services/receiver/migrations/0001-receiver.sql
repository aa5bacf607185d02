-- receiver: what it waits for, the callbacks it owes, and every try of them.
CREATE SCHEMA IF NOT EXISTS receiver;

-- One row per accepted event until a while after it was saved. The outcome may be read before the event itself: the row is then
-- made closed, without a place.
CREATE TABLE receiver.waiters (
  -- The event's id (`x-event-id`), which its outcome names as its cause.
  event_id text COLLATE "C" PRIMARY KEY,
  topic text,
  partition integer,
  log_offset bigint,
  correlation_id text,
  deadline timestamptz,
  -- When a dead letter told that it was not saved in time.
  told_at timestamptz,
  closed_at timestamptz,
  CONSTRAINT waiters_open_has_place CHECK (closed_at IS NOT NULL OR deadline IS NOT NULL)
) WITH (autovacuum_vacuum_scale_factor = 0.05);

CREATE INDEX waiters_overdue ON receiver.waiters (deadline) WHERE closed_at IS NULL AND told_at IS NULL;

-- One row per outcome that a customer is to be told; it stays as the memory of what was told (the effect is single).
CREATE TABLE receiver.pending_callbacks (
  -- With the sequence this is the callback's id (`webhook-id`); an outcome of an unknown invoice has its event id here and 0.
  invoice_id text COLLATE "C" NOT NULL,
  sequence integer NOT NULL,
  event_id text NOT NULL,
  correlation_id text NOT NULL,
  customer_id bigint NOT NULL,
  invoice_number bigint,
  invoice_status text NOT NULL,
  url text NOT NULL,
  -- Protocol, host and port: what shares connections, places and the breaker; empty where the URL cannot be called.
  host text COLLATE "C" NOT NULL,
  -- The record's value as it is; dropped once delivered.
  body bytea,
  -- Where the record lies in the log.
  partition integer NOT NULL,
  log_offset bigint NOT NULL,
  state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'dead')),
  -- Tries that count against the schedule; a replay starts again from 0.
  tries integer NOT NULL DEFAULT 0,
  -- All tries ever, which number them.
  attempts integer NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL,
  due_at timestamptz NOT NULL,
  give_up_at timestamptz NOT NULL,
  finished_at timestamptz,
  -- The instance that holds it in memory; it counts only while that instance lives.
  owner uuid,
  last_status integer,
  last_error text,
  PRIMARY KEY (invoice_id, sequence)
) WITH (autovacuum_vacuum_scale_factor = 0.05);

-- Compression costs more than it saves on rows that lose their body within milliseconds.
ALTER TABLE receiver.pending_callbacks ALTER COLUMN body SET STORAGE EXTERNAL;

-- By host first, so that a host that is away with a million callbacks is stepped over in one go.
CREATE INDEX pending_callbacks_due ON receiver.pending_callbacks (host, due_at) WHERE state = 'pending';
CREATE INDEX pending_callbacks_dead ON receiver.pending_callbacks (finished_at) WHERE state = 'dead';

CREATE TABLE receiver.callback_attempts (
  invoice_id text COLLATE "C" NOT NULL,
  sequence integer NOT NULL,
  attempt integer NOT NULL,
  started_at timestamptz NOT NULL,
  duration_ms integer NOT NULL,
  outcome text NOT NULL,
  -- The HTTP status, where there was an answer.
  status integer,
  error text,
  -- The answer's first 4 KiB.
  answer text,
  PRIMARY KEY (invoice_id, sequence, attempt)
);
