// gateway: the limit of requests per client as the gate sees it: one face over memory and over Redis.

/** How many tokens a client's bucket gains per second, and how many it holds. */
export interface RateRule {
  readonly perSecond: number;
  readonly burst: number;
}

/** Whether a request may pass; where not, when one may again. */
export interface Taken {
  readonly allowed: boolean;
  /** Milliseconds until there is a token again; 0 where it was allowed. */
  readonly retryAfterMs: number;
}

/** Token buckets, one per client. */
export interface RateLimit {
  /**
   * Takes one token; answers without a promise where it can, for the sake of speed.
   * @param client a key's id or an address
   */
  take(client: string): Taken | Promise<Taken>;
  /** Asks the part behind it for a sign of life. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** The answer to all that may pass. */
export const allowed: Taken = { allowed: true, retryAfterMs: 0 };

/**
 * The answer to a client whose bucket is empty.
 * @param tokens what the bucket holds, less than 1
 * @param rule how fast it fills
 */
export function refused(tokens: number, rule: RateRule): Taken {
  return { allowed: false, retryAfterMs: Math.ceil(((1 - tokens) / rule.perSecond) * 1000) };
}
