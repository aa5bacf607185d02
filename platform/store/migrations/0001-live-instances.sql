-- platform: which processes live. A process is alive while the backend of its own connection exists and its heartbeat is fresh;
-- both are judged by this database, never by a machine's clock.
CREATE SCHEMA IF NOT EXISTS platform;

CREATE TABLE platform.instance (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  backend_pid integer NOT NULL,
  backend_start timestamptz NOT NULL,
  registered_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  alive_until timestamptz NOT NULL
) WITH (fillfactor = 50);

COMMENT ON TABLE platform.instance IS 'one row per registered process; an id that was dead once never lives again';

-- A role that may not see the other's backend reads NULL there; then the heartbeat alone decides.
CREATE VIEW platform.live_instance AS
SELECT i.id, i.name, i.registered_at
FROM platform.instance i
JOIN pg_stat_get_activity(NULL) a ON a.pid = i.backend_pid
WHERE i.alive_until > clock_timestamp() AND (a.backend_start IS NULL OR a.backend_start = i.backend_start);

COMMENT ON VIEW platform.live_instance IS 'owner NOT IN (SELECT id FROM platform.live_instance) says: this owner is dead';

CREATE FUNCTION platform.is_live(instance uuid) RETURNS boolean LANGUAGE sql STABLE AS
$$ SELECT EXISTS (SELECT FROM platform.live_instance WHERE id = instance) $$;
