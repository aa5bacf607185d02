// gateway: one question for all limits of a request, and the words for whoever is over one.
import { isRefusal } from '../identity/identity.ts';
import { limitHeaders } from './limit-headers.ts';
import { bucketsOf, type Asked, type LimitRules } from './limit-rules.ts';
import type { Bucket, LimitName, RateLimit, Taken } from './rate-limit.ts';
import { createSignInGuard } from './sign-in-guard.ts';

/** Whether a request keeps within its limits. */
export interface LimitVerdict {
  readonly allowed: boolean;
  /** Milliseconds until it is worth trying again; 0 where it was allowed. */
  readonly retryAfterMs: number;
  /** The limit that refused; otherwise the one nearest to its end. */
  readonly limit: LimitName;
  /** For the answer, names and values, flat. */
  readonly headers: readonly string[];
}

/** All limits. */
export interface Limiter {
  /** Answers without a promise where it can, for the sake of speed. */
  take(asked: Asked): LimitVerdict | Promise<LimitVerdict>;
}

const sentences: Record<LimitName, string> = {
  key: 'This credential sends more requests than it may.',
  customer: 'The credentials of this customer together send more requests than they may.',
  address: 'More requests without a valid credential come from this address than may.',
  'address-total': 'More requests come from this address than may.',
  expensive: 'This customer sends more expensive requests (PDF, exports, checks) than it may.',
  'sign-in': 'Too many wrong credentials came from this address; until it has waited none is looked at.',
};

/** Says which limit a request is over. */
export function sayLimit(limit: LimitName): string {
  return sentences[limit];
}

/**
 * Makes the limits.
 * @param rateLimit counts
 * @param rules gives those in force
 * @param nowMs tells the time
 */
export function createLimiter(rateLimit: RateLimit, rules: () => LimitRules, nowMs: () => number): Limiter {
  const guard = createSignInGuard(nowMs);

  function word(asked: Asked, buckets: readonly Bucket[], taken: Taken): LimitVerdict {
    const { limit } = taken.tightest;
    if (!taken.allowed && limit === 'sign-in') guard.bar(asked.address, taken.retryAfterMs);
    return { allowed: taken.allowed, retryAfterMs: taken.retryAfterMs, limit, headers: limitHeaders(buckets, taken) };
  }

  return {
    take(asked) {
      const { found, address, isOpen } = asked;
      const waitMs = found && !isRefusal(found) && !isOpen ? guard.waitMs(address, found.id) : 0;
      if (waitMs > 0) return { allowed: false, retryAfterMs: waitMs, limit: 'sign-in', headers: [] };
      const buckets = bucketsOf(rules(), asked);
      const taken = rateLimit.take(buckets);
      return taken instanceof Promise
        ? taken.then((answer) => word(asked, buckets, answer))
        : word(asked, buckets, taken);
    },
  };
}
