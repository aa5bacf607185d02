// gateway: a bulkhead: so many requests of a route at a time, a few more wait in a short queue, the rest is told to come again.

/** How wide a bulkhead is. */
export interface BulkheadRule {
  readonly inFlightMax: number;
  readonly queueMax: number;
  readonly queueWaitMs: number;
}

/** Somebody who waits for a turn. */
export interface Turn {
  /** It is their turn; they leave by `leave()`. */
  go(): void;
  /** There was none in time. */
  tooLate(): void;
}

interface Waiting {
  readonly turn: Turn;
  readonly timer: NodeJS.Timeout;
}

/** A bulkhead; turns come in the order of asking. */
export class Bulkhead {
  readonly #rule: BulkheadRule;
  readonly #queue = new Set<Waiting>();
  #inFlight = 0;

  constructor(rule: BulkheadRule) {
    this.#rule = rule;
  }

  /** How many are in hand, and how many wait. */
  get load(): { readonly inFlight: number; readonly waiting: number } {
    return { inFlight: this.#inFlight, waiting: this.#queue.size };
  }

  /**
   * Asks for a turn.
   * @param turn called at once where there is room, else when there is
   * @returns a function that gives up waiting (of no effect once it was the turn); undefined where the queue is full too
   */
  enter(turn: Turn): (() => void) | undefined {
    if (this.#inFlight < this.#rule.inFlightMax) {
      this.#inFlight += 1;
      turn.go();
      return () => undefined;
    }
    if (this.#queue.size >= this.#rule.queueMax) return undefined;
    return this.#wait(turn);
  }

  /** Ends one that had its turn; the next one has it then. */
  leave(): void {
    const [next] = this.#queue;
    if (!next) {
      this.#inFlight -= 1;
      return;
    }
    this.#forget(next);
    next.turn.go();
  }

  #wait(turn: Turn): () => void {
    const timer = setTimeout(() => {
      this.#queue.delete(waiting);
      turn.tooLate();
    }, this.#rule.queueWaitMs);
    const waiting: Waiting = { turn, timer };
    this.#queue.add(waiting);
    return () => this.#forget(waiting);
  }

  #forget(waiting: Waiting): void {
    clearTimeout(waiting.timer);
    this.#queue.delete(waiting);
  }
}
