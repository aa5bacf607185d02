// platform: failed events wait here for their next try, and the later events of their key behind them, in order.

interface Lane<T> {
  head: T | undefined;
  inHand: T | undefined;
  dueAtMs: number;
  readonly behind: T[];
}

/** Lanes by key: one failed event at the head of each, later events of the key behind it. */
export class Parking<T> {
  readonly #lanes = new Map<string, Lane<T>>();

  /** Whether later events of this lane have to wait. */
  holds(lane: string): boolean {
    return this.#lanes.has(lane);
  }

  /**
   * Parks a failed event until it is due. Where another event of the lane is parked already, it waits behind that one.
   * @param lane the key whose later events must wait
   * @param item the failed event
   * @param dueAtMs when to try it again (monotonic milliseconds)
   */
  park(lane: string, item: T, dueAtMs: number): void {
    const found = this.#lanes.get(lane);
    if (!found) this.#lanes.set(lane, { head: item, inHand: undefined, dueAtMs, behind: [] });
    else if (found.inHand === item) Object.assign(found, { head: item, inHand: undefined, dueAtMs });
    else found.behind.push(item);
  }

  /** Lets an event wait behind the parked head of its lane, which must exist. */
  waitBehind(lane: string, item: T): void {
    this.#lanes.get(lane)?.behind.push(item);
  }

  /** Takes the heads that are due, longest due first; their lanes stay held until they are settled or parked again. */
  takeDue(nowMs: number, max: number): T[] {
    const due = [...this.#lanes.values()].filter((lane) => lane.head !== undefined && lane.dueAtMs <= nowMs);
    due.sort((a, b) => a.dueAtMs - b.dueAtMs);
    return due.slice(0, max).flatMap((lane) => {
      lane.inHand = lane.head;
      lane.head = undefined;
      return lane.inHand === undefined ? [] : [lane.inHand];
    });
  }

  /**
   * Notes that an event is finished. If it was the taken head of its lane, the lane ends.
   * @returns the events that waited behind it, in order
   */
  settled(lane: string, item: T): T[] {
    const found = this.#lanes.get(lane);
    if (found?.inHand !== item) return [];
    this.#lanes.delete(lane);
    return found.behind;
  }

  /** When the next head is due, in monotonic milliseconds; undefined where nothing is parked. */
  nextDueMs(): number | undefined {
    let next: number | undefined;
    for (const lane of this.#lanes.values()) {
      if (lane.head !== undefined && (next === undefined || lane.dueAtMs < next)) next = lane.dueAtMs;
    }
    return next;
  }

  /** Forgets the lanes whose events are no longer wanted; all events of a lane must share the answer. */
  forget(unwanted: (item: T) => boolean): void {
    for (const [key, lane] of this.#lanes) {
      const any = lane.head ?? lane.inHand;
      if (any !== undefined && unwanted(any)) this.#lanes.delete(key);
    }
  }
}
