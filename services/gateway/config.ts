// gateway: its settings.
import { defineSettings } from '@staffetta/platform/config/settings.ts';

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
  rateLimitPerSecond: {
    env: 'GATEWAY_RATE_LIMIT_PER_SECOND',
    kind: 'number',
    default: 10_000,
    min: 0.001,
    says: 'How many requests per second a client (an API key, else an address) may send in the long run.',
  },
  rateLimitBurst: {
    env: 'GATEWAY_RATE_LIMIT_BURST',
    kind: 'integer',
    default: 20_000,
    min: 1,
    says: 'How many requests a client may send at once after a quiet while.',
  },
  redisUrl: {
    env: 'REDIS_URL',
    kind: 'secret',
    says: 'A Redis, redis://user:password@host:6379/0, in which several gateways share their rate limits.',
  },
  connectTimeoutMs: {
    env: 'GATEWAY_CONNECT_TIMEOUT',
    kind: 'durationMs',
    default: 1000,
    min: 1,
    says: 'How long a connection to a service may take to open.',
  },
  responseTimeoutMs: {
    env: 'GATEWAY_RESPONSE_TIMEOUT',
    kind: 'durationMs',
    default: 10_000,
    min: 1,
    says: 'How long a service may take to answer before the caller is told that it does not.',
  },
  connectionsMax: {
    env: 'GATEWAY_CONNECTIONS_MAX',
    kind: 'integer',
    default: 256,
    min: 1,
    says: 'Connections to each service, at most.',
  },
  breakerWindow: {
    env: 'GATEWAY_BREAKER_WINDOW',
    kind: 'integer',
    default: 10,
    min: 1,
    says: 'How many of the last calls to a service the circuit breaker looks at.',
  },
  breakerFailureShare: {
    env: 'GATEWAY_BREAKER_FAILURE_SHARE',
    kind: 'number',
    default: 0.5,
    min: 0.01,
    max: 1,
    says: 'The share of failed calls (0.5 is half) at which the circuit breaker opens.',
  },
  breakerOpenMs: {
    env: 'GATEWAY_BREAKER_OPEN',
    kind: 'durationMs',
    default: 10_000,
    min: 1,
    says: 'How long an open circuit breaker spares a service before it lets trial calls through.',
  },
  breakerTrials: {
    env: 'GATEWAY_BREAKER_TRIALS',
    kind: 'integer',
    default: 2,
    min: 1,
    says: 'How many trial calls a half-open circuit breaker lets through.',
  },
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
