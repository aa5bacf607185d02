// gateway: spares requests the wait for a part that fell silent: all are told at once, and one at a time looks whether it is back.

/** How a silent part is left alone. */
export interface HoldOffRules {
  /** Whether an error means that nothing was answered in time; what is answered, or fails at once, costs nobody a wait. */
  readonly isSilence: (error: unknown) => boolean;
  /** Milliseconds without any question after one that was not answered. */
  readonly restMs: number;
  /** Tells the time, in milliseconds from anywhere. */
  readonly nowMs: () => number;
}

/** Asks a part that may fall silent. */
export interface HoldOff {
  /**
   * Asks, unless the part was silent a moment ago or is being tried by somebody else since then.
   * @throws Error at once while it is left alone, else whatever the question throws
   */
  ask<T>(question: () => Promise<T>): Promise<T>;
}

/**
 * Makes it.
 * @param rules see there
 */
export function holdOff({ isSilence, restMs, nowMs }: HoldOffRules): HoldOff {
  /** Undefined while it answers. */
  let restUntilMs: number | undefined;
  let isTried = false;

  async function tryOnce<T>(question: () => Promise<T>): Promise<T> {
    try {
      const answer = await question();
      restUntilMs = undefined;
      return answer;
    } catch (error) {
      restUntilMs = isSilence(error) ? nowMs() + restMs : undefined;
      throw error;
    }
  }

  return {
    async ask(question) {
      if (restUntilMs === undefined) return tryOnce(question);
      if (isTried || nowMs() < restUntilMs) throw new Error('it did not answer in time a moment ago');
      isTried = true;
      try {
        return await tryOnce(question);
      } finally {
        isTried = false;
      }
    },
  };
}
