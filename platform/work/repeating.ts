// platform: work that is done again and again, never twice at once.

/** Repeating work under way. */
export interface Repeating {
  /** Ends it; resolves when what is in hand is done. */
  stop(): Promise<void>;
}

/**
 * Does a piece of work again and again, with a pause after each time.
 * @param pauseMs between the end of one time and the begin of the next; also before the first. A function is asked before each
 * @param work the work
 * @param onError told of a failure; the next time comes all the same
 */
export function repeat(
  pauseMs: number | (() => number),
  work: () => Promise<unknown>,
  onError: (error: unknown) => void,
): Repeating {
  const pause = typeof pauseMs === 'number' ? () => pauseMs : pauseMs;
  let stopped = false;
  let inHand: Promise<unknown> = Promise.resolve();
  let timer = setTimeout(run, pause());
  function run(): void {
    inHand = work()
      .catch(onError)
      .finally(() => {
        if (!stopped) timer = setTimeout(run, pause());
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
