// eurekaserver: its settings.
import { defineSettings } from '@staffetta/platform/config/settings.ts';

/** The eurekaserver's settings' table. */
export const settings = defineSettings({
  leaseMs: {
    env: 'EUREKA_LEASE',
    kind: 'durationMs',
    default: 90_000,
    min: 1000,
    says: 'How long an instance without heartbeat is kept, unless the instance itself names another time.',
  },
  deltaMs: {
    env: 'EUREKA_DELTA',
    kind: 'durationMs',
    default: 180_000,
    min: 1000,
    says: 'How long a change is told to clients that ask for changes only.',
  },
  instancesMax: {
    env: 'EUREKA_INSTANCES_MAX',
    kind: 'integer',
    default: 10_000,
    min: 1,
    says: 'How many instances are kept at most; further ones are refused.',
  },
});
