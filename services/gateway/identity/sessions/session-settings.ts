// gateway: the settings of sessions: how long they last, how many there may be, and under which address people reach us.
import { defineSettings } from '@staffetta/platform/config/settings.ts';

/** The rows that the gateway's table takes in. */
export const sessionSettings = defineSettings({
  publicUrl: {
    env: 'GATEWAY_PUBLIC_URL',
    kind: 'url',
    says: 'The address under which browsers reach the gateway, https://hub.example.it; in dev the request tells it where this is not set.',
  },
  sessionIdleMs: {
    env: 'SESSION_IDLE',
    kind: 'durationMs',
    default: 3_600_000,
    min: 1000,
    says: 'How long a session may rest before its person must sign in again.',
  },
  sessionLifeMs: {
    env: 'SESSION_LIFE',
    kind: 'durationMs',
    default: 43_200_000,
    min: 1000,
    says: 'How long a session lasts at most, however busy it is.',
  },
  sessionsPerPersonMax: {
    env: 'SESSIONS_PER_PERSON_MAX',
    kind: 'integer',
    default: 20,
    min: 1,
    says: 'How many sessions one person may have at once; a further one ends the oldest.',
  },
  sessionsInMemoryMax: {
    env: 'SESSIONS_IN_MEMORY_MAX',
    kind: 'integer',
    default: 10_000,
    min: 1,
    says: 'How many sessions a gateway without REDIS_URL keeps; a further one ends the one that rested longest.',
  },
  sessionStoreTimeoutMs: {
    env: 'SESSION_STORE_TIMEOUT',
    kind: 'durationMs',
    default: 1000,
    min: 10,
    says: 'How long the Redis of the sessions may take to answer before a request with a session is told to come again.',
  },
});
