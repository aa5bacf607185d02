// gateway: what stays open for long, WebSockets and streams of events: how many there are, and how they end when the gateway stops.

/** The kinds. */
export type StreamKind = 'webSocket' | 'events';

/** The open ones. */
export class Streams {
  readonly #max: () => number;
  readonly #open = new Map<() => void, StreamKind>();

  /** @param max how many there may be; asked at each use */
  constructor(max: () => number) {
    this.#max = max;
  }

  /** Whether there is room for one more. */
  get hasRoom(): boolean {
    return this.#open.size < this.#max();
  }

  /** How many there are of a kind. */
  count(kind: StreamKind): number {
    return [...this.#open.values()].filter((one) => one === kind).length;
  }

  /**
   * Notes one.
   * @param kind which
   * @param end closes both of its sides
   * @returns to be called when it is over
   */
  add(kind: StreamKind, end: () => void): () => void {
    this.#open.set(end, kind);
    return () => void this.#open.delete(end);
  }

  /** Ends all of them: their clients come again, to a gateway that stays. */
  endAll(): void {
    for (const end of this.#open.keys()) end();
  }
}
