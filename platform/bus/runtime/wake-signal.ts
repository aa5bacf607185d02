// platform: a bell that one loop waits at and others ring; a ring that nobody waits for is kept for the next wait.

/** A bell for one waiting loop. */
export class WakeSignal {
  #rung = false;
  #waiter: (() => void) | undefined;

  /** Ends the present wait, or the next one at once. */
  wake(): void {
    this.#rung = true;
    this.#waiter?.();
  }

  /**
   * Waits for a ring.
   * @param limitMs how long at most; undefined waits for ever
   */
  wait(limitMs?: number): Promise<void> {
    if (this.#rung) {
      this.#rung = false;
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      const timer = limitMs === undefined ? undefined : setTimeout(() => end(), Math.max(0, limitMs));
      const end = (): void => {
        clearTimeout(timer);
        this.#waiter = undefined;
        this.#rung = false;
        resolve();
      };
      this.#waiter = end;
    });
  }
}
