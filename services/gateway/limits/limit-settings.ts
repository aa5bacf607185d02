// gateway: the settings of its limits; all change while it runs.
import { defineSettings, type SettingsOf } from '@staffetta/platform/config/settings.ts';
import type { LimitRules } from './limit-rules.ts';
import type { RateRule } from './rate-limit.ts';

/** The limits' rows. */
export const limitSettings = defineSettings({
  rateLimitPerSecond: {
    env: 'GATEWAY_RATE_LIMIT_PER_SECOND',
    kind: 'number',
    default: 10_000,
    min: 0.001,
    live: true,
    says: 'How many requests per second a client (a credential, else an address) may send in the long run, where its credential has no rule of its own.',
  },
  rateLimitBurst: {
    env: 'GATEWAY_RATE_LIMIT_BURST',
    kind: 'integer',
    default: 20_000,
    min: 1,
    live: true,
    says: 'How many requests a client may send at once after a quiet while.',
  },
  customerLimitPerSecond: {
    env: 'GATEWAY_CUSTOMER_LIMIT_PER_SECOND',
    kind: 'number',
    default: 20_000,
    min: 0,
    live: true,
    says: 'How many requests per second all credentials of one customer may send together; 0 for no such limit.',
  },
  customerLimitBurst: {
    env: 'GATEWAY_CUSTOMER_LIMIT_BURST',
    kind: 'integer',
    default: 40_000,
    min: 1,
    live: true,
    says: 'How many requests all credentials of one customer may send at once after a quiet while.',
  },
  addressLimitPerSecond: {
    env: 'GATEWAY_ADDRESS_LIMIT_PER_SECOND',
    kind: 'number',
    default: 50_000,
    min: 0,
    live: true,
    says: 'How many requests per second one address (of IPv6 its /64) may send, whoever signs in from there; 0 for no such limit.',
  },
  addressLimitBurst: {
    env: 'GATEWAY_ADDRESS_LIMIT_BURST',
    kind: 'integer',
    default: 100_000,
    min: 1,
    live: true,
    says: 'How many requests one address may send at once after a quiet while.',
  },
  expensiveLimitPerSecond: {
    env: 'GATEWAY_EXPENSIVE_LIMIT_PER_SECOND',
    kind: 'number',
    default: 10,
    min: 0,
    live: true,
    says: 'How many expensive requests (PDF, exports, checks) per second one customer may send; 0 for no such limit.',
  },
  expensiveLimitBurst: {
    env: 'GATEWAY_EXPENSIVE_LIMIT_BURST',
    kind: 'integer',
    default: 50,
    min: 1,
    live: true,
    says: 'How many expensive requests one customer may send at once after a quiet while.',
  },
  signInLimitPerSecond: {
    env: 'GATEWAY_SIGN_IN_LIMIT_PER_SECOND',
    kind: 'number',
    default: 20,
    min: 0,
    live: true,
    says: 'How many wrong credentials per second one address may try before it has to wait; 0 for no such limit.',
  },
  signInLimitBurst: {
    env: 'GATEWAY_SIGN_IN_LIMIT_BURST',
    kind: 'integer',
    default: 200,
    min: 1,
    live: true,
    says: 'How many wrong credentials one address may try at once after a quiet while.',
  },
});

function ruleOf(perSecond: number, burst: number): RateRule | undefined {
  return perSecond > 0 ? { perSecond, burst } : undefined;
}

/**
 * Makes the rules of the settings.
 * @param values the rows' values
 */
export function readLimitRules(values: SettingsOf<typeof limitSettings>): LimitRules {
  return {
    client: { perSecond: values.rateLimitPerSecond, burst: values.rateLimitBurst },
    customer: ruleOf(values.customerLimitPerSecond, values.customerLimitBurst),
    address: ruleOf(values.addressLimitPerSecond, values.addressLimitBurst),
    expensive: ruleOf(values.expensiveLimitPerSecond, values.expensiveLimitBurst),
    signIn: ruleOf(values.signInLimitPerSecond, values.signInLimitBurst),
  };
}
