-- platform: a log of topics in tables: partitions, gap-free offsets, groups with leases.
CREATE SCHEMA IF NOT EXISTS bus;

CREATE TABLE bus.topic (
  name text PRIMARY KEY,
  partitions integer NOT NULL CHECK (partitions > 0),
  created_at timestamptz NOT NULL DEFAULT now()
);

-- The row lock on a head is held until the writer commits: offsets have no gaps and become visible in their order.
CREATE TABLE bus.head (
  topic text NOT NULL REFERENCES bus.topic,
  partition integer NOT NULL,
  first_offset bigint NOT NULL DEFAULT 0,
  next_offset bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (topic, partition)
) WITH (fillfactor = 20);

CREATE TABLE bus.log (
  topic text NOT NULL,
  partition integer NOT NULL,
  "offset" bigint NOT NULL,
  published_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  key bytea NOT NULL,
  headers jsonb NOT NULL,
  is_text boolean NOT NULL,
  value bytea NOT NULL,
  PRIMARY KEY (topic, partition, "offset")
) WITH (autovacuum_vacuum_insert_scale_factor = 0.5);

-- lz4 costs a quarter of the default compression; a server built without it stores values as they are.
DO $$
BEGIN
  ALTER TABLE bus.log ALTER COLUMN value SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported OR invalid_parameter_value THEN
  ALTER TABLE bus.log ALTER COLUMN value SET STORAGE EXTERNAL;
END
$$;

CREATE TABLE bus.member (
  id uuid PRIMARY KEY,
  group_name text NOT NULL,
  topic text NOT NULL,
  instance uuid NOT NULL,
  joined_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE INDEX member_group ON bus.member (group_name, topic);

-- Who reads a partition for a group, and how far the group has come. The epoch rises with every new owner and fences the last.
CREATE TABLE bus.lease (
  group_name text NOT NULL,
  topic text NOT NULL REFERENCES bus.topic,
  partition integer NOT NULL,
  committed bigint NOT NULL,
  owner uuid,
  epoch bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (group_name, topic, partition)
) WITH (fillfactor = 20);
