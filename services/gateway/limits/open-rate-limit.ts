// gateway: chooses where the rate limits are counted.
import { HubError } from '@staffetta/flow/errors.ts';
import type { Clock } from '@staffetta/platform/clock.ts';
import type { Log } from '@staffetta/platform/telemetry/log.ts';
import { memoryRateLimit } from './memory-rate-limit.ts';
import type { RateLimit } from './rate-limit.ts';
import { redisRateLimit } from './redis-rate-limit.ts';

/**
 * Opens the rate limits: in Redis where one is given, else in memory.
 * @param redisUrl the setting
 * @param parts the clock and the log
 * @throws HubError SETTING_WRONG where the URL is none
 */
export function openRateLimit(
  redisUrl: string | undefined,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): RateLimit {
  const local = memoryRateLimit(clock);
  if (redisUrl === undefined) return local;
  if (!/^rediss?:\/\//.test(redisUrl) || !URL.canParse(redisUrl)) {
    throw new HubError('SETTING_WRONG', 'REDIS_URL=(secret): it is no redis:// or rediss:// URL.');
  }
  return redisRateLimit({ url: redisUrl, local, log });
}
