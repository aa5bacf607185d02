// gateway: how much it has in hand and how late it runs; what comes in beyond that is told to come again, reads first.
import type { IncomingMessage } from 'node:http';

/** From when on requests are turned away; 0 for never. */
export interface LoadRule {
  /** How late timers may come, in ms. */
  readonly shedDelayMs: number;
  /** Requests in hand in all. */
  readonly shedInFlight: number;
}

const reads = new Set(['GET', 'HEAD', 'OPTIONS']);
const sampleMs = 50;
/** How much the newest sample counts. */
const newestShare = 0.3;

/** The load of this gateway. */
export class Load {
  /** Requests in hand that were handed on. */
  inFlight = 0;
  readonly #rule: () => LoadRule;
  readonly #timer: NodeJS.Timeout;
  #lateMs = 0;
  #dueMs: number;

  /** @param rule asked at each use */
  constructor(rule: () => LoadRule) {
    this.#rule = rule;
    this.#dueMs = performance.now() + sampleMs;
    this.#timer = setInterval(() => this.#sample(), sampleMs).unref();
  }

  /** How late timers come, smoothed, in ms. */
  get lateMs(): number {
    return this.#lateMs;
  }

  /**
   * Whether a request is to be turned away. Writes are taken twice as long as reads: who reads can ask again at no loss.
   * @param request the client's
   */
  isTooMuchFor({ method = 'GET' }: IncomingMessage): boolean {
    const { shedDelayMs, shedInFlight } = this.#rule();
    const patience = reads.has(method) ? 1 : 2;
    const isLate = shedDelayMs > 0 && this.#lateMs > shedDelayMs * patience;
    return isLate || (shedInFlight > 0 && this.inFlight >= shedInFlight * patience);
  }

  /** Ends the watching. */
  stop(): void {
    clearInterval(this.#timer);
  }

  #sample(): void {
    const nowMs = performance.now();
    const lateMs = Math.max(0, nowMs - this.#dueMs);
    this.#lateMs += (lateMs - this.#lateMs) * newestShare;
    this.#dueMs = nowMs + sampleMs;
  }
}
