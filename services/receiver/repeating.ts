// receiver: work that is done again and again, never twice at once.

/** Repeating work under way. */
export interface Repeating {
  /** Ends it; resolves when what is in hand is done. */
  stop(): Promise<void>;
}

/**
 * Does a piece of work again and again, with a pause after each time.
 * @param pauseMs between the end of one time and the begin of the next; also before the first
 * @param work the work
 * @param onError told of a failure; the next time comes all the same
 */
export function repeat(pauseMs: number, work: () => Promise<unknown>, onError: (error: unknown) => void): Repeating {
  let stopped = false;
  let inHand: Promise<unknown> = Promise.resolve();
  let timer = setTimeout(run, pauseMs);
  function run(): void {
    inHand = work()
      .catch(onError)
      .finally(() => {
        if (!stopped) timer = setTimeout(run, pauseMs);
      });
  }
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await inHand;
    },
  };
}
