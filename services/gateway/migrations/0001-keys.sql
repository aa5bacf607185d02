-- gateway: API keys, who changed them, and the links that make an administrator's. Secrets lie here as digests only.
-- Times are instants of the real clock: a hub clock that was turned neither ends a key nor makes one live on.
CREATE SCHEMA gateway;

CREATE FUNCTION gateway.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'gateway.% only grows: its rows are never changed or deleted', TG_TABLE_NAME;
END $$;

CREATE TABLE gateway.api_key (
  -- The part of the key that is no secret.
  key_id text PRIMARY KEY CHECK (key_id ~ '^[0-9A-Za-z]{12}$'),
  -- HMAC-SHA256 of the whole key under the pepper that pepper_id names.
  digest bytea NOT NULL CHECK (length(digest) = 32),
  pepper_id text NOT NULL,
  name text NOT NULL,
  role text NOT NULL CHECK (role IN ('SDI', 'ARUBA', 'CUSTOMER')),
  -- No reference: customers are the dbmanager's.
  customer_id bigint CHECK ((role = 'CUSTOMER') = (customer_id IS NOT NULL)),
  -- Null: all that its role may.
  scopes text[],
  -- Null: from anywhere.
  networks text[],
  rate_per_second double precision CHECK (rate_per_second > 0),
  rate_burst integer CHECK (rate_burst >= 1),
  created_at timestamptz NOT NULL,
  created_by text NOT NULL,
  expires_at timestamptz,
  -- The key that follows this one, once it was rotated.
  successor_id text,
  revoked_at timestamptz,
  last_used_at timestamptz,
  last_used_from text,
  -- By the database's clock, when anything but its use changed: gateways look for what is new since their last look.
  changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CHECK ((rate_per_second IS NULL) = (rate_burst IS NULL))
);
CREATE INDEX api_key_changed ON gateway.api_key (changed_at);
CREATE INDEX api_key_listed ON gateway.api_key (created_at, key_id);

CREATE TABLE gateway.admin_link (
  -- SHA-256 of the code, which holds 256 bits of chance.
  digest bytea PRIMARY KEY CHECK (length(digest) = 32),
  -- first: made at a start without any administrator, and void as soon as there is one; asked: by somebody on the machine.
  kind text NOT NULL CHECK (kind IN ('first', 'asked')),
  made_at timestamptz NOT NULL,
  made_by text NOT NULL,
  expires_at timestamptz NOT NULL,
  used_at timestamptz,
  key_id text
);

CREATE TABLE gateway.audit (
  audit_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  happened_at timestamptz NOT NULL,
  done_by text NOT NULL,
  action text NOT NULL,
  subject text NOT NULL,
  reason text,
  details jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_subject ON gateway.audit (subject, audit_id);
CREATE TRIGGER audit_only_grows BEFORE UPDATE OR DELETE ON gateway.audit
  FOR EACH ROW EXECUTE FUNCTION gateway.refuse_change();
