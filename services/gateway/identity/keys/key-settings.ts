// gateway: the settings of the keys that it keeps, and of the first administrator's link.
import { defineSettings, type SettingsOf } from '@staffetta/platform/config/settings.ts';

/** The rows; the gateway's table has them too. */
export const keySettings = defineSettings({
  keyPepper: {
    env: 'STAFFETTA_KEY_PEPPER',
    kind: 'secret',
    says: 'What kept API keys are mixed with before they are stored, 32 characters or more; several, comma separated, the first for new keys. Without it a file in the data folder; several gateways must be given the same.',
  },
  keysTrustedMs: {
    env: 'GATEWAY_KEYS_TRUSTED',
    kind: 'durationMs',
    default: 3_600_000,
    min: 0,
    says: 'How long kept keys that this gateway knows go on while the database is away; afterwards they get 503.',
  },
  keysPollMs: {
    env: 'GATEWAY_KEYS_POLL',
    kind: 'durationMs',
    default: 2000,
    min: 50,
    max: 5000,
    says: 'How often changes of kept keys are looked for, besides being told of them at once.',
  },
  keysKnownMax: {
    env: 'GATEWAY_KEYS_KNOWN_MAX',
    kind: 'integer',
    default: 20_000,
    min: 100,
    says: 'How many kept keys a gateway remembers; as many are remembered as not existing, for a few seconds each.',
  },
  keyLookupsMax: {
    env: 'GATEWAY_KEY_LOOKUPS_MAX',
    kind: 'integer',
    default: 8,
    min: 1,
    says: 'How many keys that a gateway does not know it looks up in the database at once; more get 503.',
  },
  keyUsesMs: {
    env: 'GATEWAY_KEY_USES',
    kind: 'durationMs',
    default: 10_000,
    min: 50,
    says: 'How often it is written down when and from where keys were last used.',
  },
  keyOverlapMs: {
    env: 'GATEWAY_KEY_OVERLAP',
    kind: 'durationMs',
    default: 24 * 3_600_000,
    min: 0,
    says: 'How long the old key goes on after a rotation that says nothing else.',
  },
  keysOverHttp: {
    env: 'GATEWAY_KEYS_OVER_HTTP',
    kind: 'text',
    choices: ['allow', 'warn', 'refuse-public', 'refuse', 'revoke'],
    says: 'What becomes of an API key that another machine sends in plain http: allow, warn (a log line), refuse-public (refuse from public addresses, warn from private ones), refuse, or revoke (kept keys are revoked as well). By default allow in profile dev, refuse-public in production.',
  },
  adminLinkMs: {
    env: 'GATEWAY_ADMIN_LINK_VALID',
    kind: 'durationMs',
    default: 24 * 3_600_000,
    min: 60_000,
    says: "How long the first administrator's one-time link is valid.",
  },
});

/** Their values. */
export type KeySettings = SettingsOf<typeof keySettings>;
