-- The scheduler's data: dead letters with what became of them, the runs of timed jobs, and who did what by hand.
CREATE SCHEMA IF NOT EXISTS scheduler;

CREATE TABLE scheduler.dead_letter (
  dead_letter_id uuid PRIMARY KEY,
  topic text NOT NULL,
  partition integer NOT NULL,
  "offset" bigint NOT NULL,
  event_id text,
  correlation_id text,
  original_topic text NOT NULL,
  original_partition integer,
  original_offset bigint,
  original_group text,
  error_code text NOT NULL,
  error_message text NOT NULL,
  error_stack text,
  tries integer NOT NULL,
  key text NOT NULL,
  headers jsonb NOT NULL,
  kept_headers jsonb NOT NULL,
  payload bytea NOT NULL,
  happened_at timestamptz NOT NULL,
  state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'replayed', 'discarded', 'closed')),
  ended_at timestamptz,
  ended_by text,
  reason text,
  UNIQUE (topic, partition, "offset")
);
CREATE INDEX dead_letter_open ON scheduler.dead_letter (happened_at) WHERE state = 'open';
CREATE INDEX dead_letter_by_event ON scheduler.dead_letter (event_id) WHERE state = 'open';

CREATE TABLE scheduler.job_run (
  job text NOT NULL,
  slot timestamptz NOT NULL,
  started_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (job, slot)
);

CREATE TABLE scheduler.audit (
  audit_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL,
  who text NOT NULL,
  what text NOT NULL,
  dead_letter_id uuid NOT NULL,
  why text
);
