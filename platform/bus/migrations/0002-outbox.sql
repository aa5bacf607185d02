-- bus: events that a transaction published on Kafka, until they are known to be in the log (bus face: kafka).
CREATE SCHEMA IF NOT EXISTS bus;

CREATE TABLE bus.outbox (
  -- The order of publication within one process.
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- Who can rebuild the value: a service relays only its own rows.
  owner text NOT NULL,
  -- The process that wrote the row; it relays its own at once, others only what was left behind.
  instance uuid NOT NULL,
  topic text NOT NULL,
  -- UTF-8 bytes: text columns refuse the character NUL, which a caller's key may hold.
  key bytea NOT NULL,
  partition integer,
  -- A JSON object: text as it is, bytes as {"base64": …}.
  headers text NOT NULL,
  reference text,
  value bytea,
  -- The value's length, also where only its reference is kept: how much one sweep may take into memory.
  bytes integer NOT NULL,
  -- Not now(): that is when the transaction began, which may be long ago.
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT outbox_value_or_reference CHECK ((reference IS NULL) <> (value IS NULL))
);

-- Rows live for milliseconds: compressing values costs more than it saves, and dead rows must go quickly.
ALTER TABLE bus.outbox ALTER COLUMN value SET STORAGE EXTERNAL;
ALTER TABLE bus.outbox SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
