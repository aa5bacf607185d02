// gateway: the rule of second tries: what may be sent again without doubling anything, and how often in all. Pure.

/** Methods that may be repeated (RFC 9110 §9.2.2). */
const idempotent = new Set(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'TRACE']);

/** How a try ended without an answer for the client. */
export interface FailedTry {
  readonly method: string;
  /** Whether the client sent an `Idempotency-Key`: its own word that a repetition changes nothing more. */
  readonly hasKey: boolean;
  /** False while nothing was written to the instance: no connection came about. */
  readonly sent: boolean;
  /** True where there is no body, or all of it is in memory. */
  readonly isBodyKept: boolean;
}

/**
 * Tells whether a request may go to another instance. What was never sent may, whatever it is. What was sent may have been done:
 * it goes again only where doing it twice is doing it once.
 * @param failed how the try ended
 */
export function isSafeAgain({ method, hasKey, sent, isBodyKept }: FailedTry): boolean {
  return !sent || (isBodyKept && (hasKey || idempotent.has(method)));
}

/** How many second tries there may be. */
export interface BudgetRule {
  /** The share of requests that may be tried again in the long run. */
  readonly share: number;
  /** How many may be at once after a quiet while. */
  readonly reserve: number;
}

/** Bounds second tries by what comes in, so that a struggling service is not buried under repetitions. */
export class RetryBudget {
  readonly #rule: () => BudgetRule;
  #left: number;

  /** @param rule asked at each use, since it may change */
  constructor(rule: () => BudgetRule) {
    this.#rule = rule;
    this.#left = rule().reserve;
  }

  /** Notes a request that comes in. */
  earn(): void {
    const { share, reserve } = this.#rule();
    this.#left = Math.min(this.#left + share, reserve);
  }

  /** Takes leave for a second try; false where there were too many. */
  spend(): boolean {
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}

const waitMsFirst = 5;
const waitMsMax = 200;

/**
 * The wait before a second try: none before the first, since another instance is asked; then it doubles, with jitter.
 * @param tries how many there were, from 1
 * @param chance from 0 to 1
 * @returns milliseconds
 */
export function waitBefore(tries: number, chance: number): number {
  return tries <= 1 ? 0 : Math.min(waitMsFirst * 2 ** tries, waitMsMax) * (0.5 + chance / 2);
}
