// platform: which offset of a partition may be committed: never one past an event that is not finished.

/** An event of the partition on its way; `done` once its effects (or its dead letter) are durable. */
export interface Ticket {
  readonly offset: bigint;
  done: boolean;
}

/** Follows the events of one partition, which arrive in offset order and end in any order. */
export class CommitMarks {
  #tickets: Ticket[] = [];
  #first = 0;
  #highest: bigint | undefined;
  #mark: bigint | undefined;
  #committed: bigint | undefined;

  /**
   * Notes that an event arrived.
   * @param offset higher than all before it
   * @returns its ticket, or undefined where that offset arrived before (a repeated read of what is already on its way)
   */
  arrived(offset: bigint): Ticket | undefined {
    if (this.#highest !== undefined && offset <= this.#highest) return undefined;
    this.#highest = offset;
    const ticket: Ticket = { offset, done: false };
    this.#tickets.push(ticket);
    return ticket;
  }

  /**
   * The mark to commit: every event below it is finished.
   * @returns the mark, or undefined where it has not risen above what was committed
   */
  mark(): bigint | undefined {
    for (let ticket = this.#tickets[this.#first]; ticket?.done; ticket = this.#tickets[++this.#first]) {
      this.#mark = ticket.offset + 1n;
    }
    this.#shrink();
    return this.#mark === this.#committed ? undefined : this.#mark;
  }

  /** Notes that a mark is durable. */
  committed(mark: bigint): void {
    this.#committed = mark;
  }

  #shrink(): void {
    // What is finished is let go of in large steps, so that neither memory nor copying grows with the backlog.
    if (this.#first < 1024) return;
    this.#tickets = this.#tickets.slice(this.#first);
    this.#first = 0;
  }
}
