// gateway: what every answer says of its caller's limits: the IETF's RateLimit headers and the older X-RateLimit ones. Pure.
import type { Bucket, Taken } from './rate-limit.ts';

function windowS({ perSecond, burst }: Bucket['rule']): number {
  return Math.max(1, Math.ceil(burst / perSecond));
}

/**
 * Words the headers: all limits that counted, and how much is left of the one nearest to its end. A quota `q` is the bucket's size, its
 * window `w` the seconds in which it fills, and a reset the seconds until it is full again (draft-ietf-httpapi-ratelimit-headers-11;
 * X-RateLimit-* as the Italian rule RAC_ROBUSTEZZA_001 asks for them in every answer).
 * @param buckets that the request asked for
 * @param taken what came of it
 * @returns names and values, flat
 */
export function limitHeaders(buckets: readonly Bucket[], taken: Taken): string[] {
  const { limit, rule } = taken.tightest;
  const left = Math.max(0, Math.floor(taken.left));
  const resetS = Math.ceil((rule.burst - left) / rule.perSecond);
  const policy = buckets.map((one) => `"${one.limit}";q=${one.rule.burst};w=${windowS(one.rule)}`).join(', ');
  const old = [
    'x-ratelimit-limit',
    `${rule.burst}`,
    'x-ratelimit-remaining',
    `${left}`,
    'x-ratelimit-reset',
    `${resetS}`,
  ];
  return ['ratelimit-policy', policy, 'ratelimit', `"${limit}";r=${left};t=${resetS}`, ...old];
}
