// gateway: the limits of requests as the gate sees them: several buckets for one request, one face over memory and over Redis.

/** How many tokens a bucket gains per second, and how many it holds. */
export interface RateRule {
  readonly perSecond: number;
  readonly burst: number;
}

/** Which limit a bucket stands for; callers read it in the headers. */
export type LimitName = 'key' | 'customer' | 'address' | 'address-total' | 'expensive' | 'sign-in';

/** A bucket that a request takes a token from. */
export interface Bucket {
  readonly limit: LimitName;
  /** Whose it is: a credential's id, a customer, an address. It never holds a credential. */
  readonly name: string;
  readonly rule: RateRule;
}

/** Whether a request may pass, and what its caller reads about it. */
export interface Taken {
  readonly allowed: boolean;
  /** Milliseconds until there is a token again; 0 where it was allowed. */
  readonly retryAfterMs: number;
  /** The bucket that refused, or the one that is nearest to its end. */
  readonly tightest: Bucket;
  /** Tokens left in it. */
  readonly left: number;
}

/** Token buckets. */
export interface RateLimit {
  /**
   * Takes one token of each bucket, or none of any where one is empty; answers without a promise where it can, for the sake of speed.
   * @param buckets at least one
   */
  take(buckets: readonly Bucket[]): Taken | Promise<Taken>;
  /** Asks the part behind it for a sign of life. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/**
 * The tokens of a bucket after a while.
 * @param tokens what it held
 * @param passedMs since then; a clock that went back takes nothing away
 * @param rule how fast it fills
 */
export function refilled(tokens: number, passedMs: number, rule: RateRule): number {
  return Math.min(rule.burst, tokens + (Math.max(0, passedMs) / 1000) * rule.perSecond);
}

/** The name under which a bucket is kept. */
export function bucketKey({ limit, name }: Bucket): string {
  return `${limit}:${name}`;
}

function waitMs(tokens: number, { perSecond }: RateRule): number {
  return tokens >= 1 ? 0 : Math.ceil(((1 - tokens) / perSecond) * 1000);
}

/**
 * Words what came of a request.
 * @param buckets those that it asked for
 * @param left the tokens of each, in the same order, after it took its own (or could not)
 * @param allowed whether it took them
 */
export function takenFrom(buckets: readonly Bucket[], left: readonly number[], allowed: boolean): Taken {
  const measure = (index: number): number => {
    const { rule } = buckets[index]!;
    return allowed ? left[index]! / rule.burst : -waitMs(left[index]!, rule);
  };
  let tightest = 0;
  for (let index = 1; index < buckets.length; index += 1) if (measure(index) < measure(tightest)) tightest = index;
  const bucket = buckets[tightest]!;
  const retryAfterMs = allowed ? 0 : waitMs(left[tightest]!, bucket.rule);
  return { allowed, retryAfterMs, tightest: bucket, left: left[tightest]! };
}
