// gateway: its settings.
import { defineSettings } from '@staffetta/platform/config/settings.ts';
import { keySettings } from './identity/keys/key-settings.ts';
import { oidcSettings } from './identity/oidc/oidc-settings.ts';
import { sessionSettings } from './identity/sessions/session-settings.ts';
import { ownRestSettings } from './invoices/own-rest-settings.ts';
import { limitSettings } from './limits/limit-settings.ts';
import { frontSettings } from './listener/front.ts';
import { trafficSettings } from './traffic/traffic-settings.ts';

/** The gateway's settings' table. */
export const settings = defineSettings({
  apiKeys: {
    env: 'STAFFETTA_API_KEYS',
    kind: 'secret',
    says: 'API keys, comma separated, each name:key:ROLE or name:key:CUSTOMER:customerId; the key may be sha256=<hex>.',
  },
  apiKeysFile: {
    env: 'STAFFETTA_API_KEYS_FILE',
    kind: 'text',
    says: 'A file with more API keys of the same form, one per line; # starts a comment.',
  },
  ...keySettings,
  ...oidcSettings,
  ...sessionSettings,
  ...limitSettings,
  ...frontSettings,
  ...ownRestSettings,
  redisUrl: {
    env: 'REDIS_URL',
    kind: 'secret',
    says: 'A Redis, redis://user:password@host:6379/0, in which several gateways share their rate limits and sessions.',
  },
  ...trafficSettings,
  waitForServices: {
    env: 'GATEWAY_WAIT_FOR_SERVICES',
    kind: 'boolean',
    default: true,
    says: 'Whether the gateway is ready only when the services behind it are.',
  },
  supportContact: {
    env: 'GATEWAY_SUPPORT_CONTACT',
    kind: 'text',
    default: 'whoever runs this hub',
    says: 'Whom the fallback tells callers to write to: an address or a page.',
  },
});
