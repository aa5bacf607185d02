// gateway: chooses where sessions are kept.
import { HubError } from '@staffetta/flow/errors.ts';
import type { Log } from '@staffetta/platform/telemetry/log.ts';
import { memorySessionStore } from './memory-session-store.ts';
import { redisSessionStore } from './redis-session-store.ts';
import type { SessionStore } from './session-store.ts';

/** The settings that choose. */
export interface SessionStoreSettings {
  readonly redisUrl: string | undefined;
  readonly sessionsInMemoryMax: number;
  readonly sessionStoreTimeoutMs: number;
}

/**
 * Opens the store of sessions: Redis where one is given, so that all gateways know them, else memory.
 * @param values the settings
 * @param log tells when Redis goes and comes
 * @throws HubError SETTING_WRONG where the URL is none
 */
export function openSessionStore(values: SessionStoreSettings, log: Log): SessionStore {
  const url = values.redisUrl;
  if (url === undefined) return memorySessionStore(values.sessionsInMemoryMax);
  if (!/^rediss?:\/\//.test(url) || !URL.canParse(url)) {
    throw new HubError('SETTING_WRONG', 'REDIS_URL=(secret): it is no redis:// or rediss:// URL.');
  }
  return redisSessionStore({ url, answerTimeoutMs: values.sessionStoreTimeoutMs, log });
}
