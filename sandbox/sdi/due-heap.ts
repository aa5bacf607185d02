// sandbox: what is due when, the earliest first.

/** Something due. */
export interface Due {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly key: string;
}

/** A heap of what is due; of the same instant what was put in first. */
export class DueHeap {
  readonly #entries: (Due & { readonly order: number })[] = [];
  #count = 0;

  /** Puts something in. */
  push(due: Due): void {
    this.#count += 1;
    const entry = { ...due, order: this.#count };
    let at = this.#entries.push(entry) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!this.#isBefore(at, above)) return;
      this.#swap(at, above);
      at = above;
    }
  }

  /** The earliest, which stays. */
  first(): Due | undefined {
    return this.#entries[0];
  }

  /** Takes the earliest out. */
  pop(): Due | undefined {
    const first = this.#entries[0];
    const last = this.#entries.pop();
    if (first === undefined || last === undefined || first === last) return first;
    this.#entries[0] = last;
    this.#sink();
    return first;
  }

  #sink(): void {
    let at = 0;
    for (;;) {
      const left = at * 2 + 1;
      const child = left + 1 < this.#entries.length && this.#isBefore(left + 1, left) ? left + 1 : left;
      if (child >= this.#entries.length || !this.#isBefore(child, at)) return;
      this.#swap(child, at);
      at = child;
    }
  }

  #isBefore(one: number, other: number): boolean {
    const [first, second] = [this.#entries[one], this.#entries[other]];
    if (first === undefined || second === undefined) return false;
    return first.at < second.at || (first.at === second.at && first.order < second.order);
  }

  #swap(one: number, other: number): void {
    const [first, second] = [this.#entries[one], this.#entries[other]];
    if (first === undefined || second === undefined) return;
    this.#entries[one] = second;
    this.#entries[other] = first;
  }
}
