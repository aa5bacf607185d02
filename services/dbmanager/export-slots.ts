// dbmanager: who may export now: few at a time, and of one caller so few that a slow one blocks nobody else. Pure.

/** How many exports run at a time. */
export interface ExportSlotLimits {
  /** Of all callers together. */
  readonly exportConcurrency: number;
  /** Of one caller. */
  readonly exportsPerCaller: number;
}

/** Which limit is reached: the caller's own, or that of all. */
export type FullSlots = 'own' | 'all';

/** The places for exports. */
export class ExportSlots {
  readonly #limits: ExportSlotLimits;
  readonly #running = new Map<string, number>();
  #total = 0;

  /** @param limits how many */
  constructor(limits: ExportSlotLimits) {
    this.#limits = limits;
  }

  /**
   * Takes a place.
   * @param caller whose export it is
   * @returns the function that gives the place back (once, however often it is called), or which limit is reached
   */
  take(caller: string): FullSlots | (() => void) {
    const own = this.#running.get(caller) ?? 0;
    if (own >= this.#limits.exportsPerCaller) return 'own';
    if (this.#total >= this.#limits.exportConcurrency) return 'all';
    this.#running.set(caller, own + 1);
    this.#total++;
    let isTaken = true;
    return () => {
      if (isTaken) this.#giveBack(caller);
      isTaken = false;
    };
  }

  #giveBack(caller: string): void {
    this.#total--;
    const left = (this.#running.get(caller) ?? 1) - 1;
    if (left > 0) this.#running.set(caller, left);
    else this.#running.delete(caller);
  }
}
