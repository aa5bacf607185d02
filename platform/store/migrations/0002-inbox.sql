-- platform: events whose effects are durable, per consumer group; written in the transaction of the effects.
CREATE TABLE platform.inbox (
  group_name text NOT NULL,
  event_id text NOT NULL,
  seen_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (group_name, event_id)
);

CREATE INDEX inbox_seen_at ON platform.inbox USING brin (seen_at);
