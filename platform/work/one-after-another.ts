// platform: work that many may ask for, done one time after the other, each time for all who asked before it began.

/**
 * Makes a function that does a piece of work; who calls it while one is in hand gets the next one, which he shares with all who call
 * meanwhile. So everybody gets a result of work that began after his call.
 * @param work the work
 */
export function oneAfterAnother<T>(work: () => Promise<T>): () => Promise<T> {
  let inHand: Promise<T> | undefined;
  let next: Promise<T> | undefined;
  const begin = (): Promise<T> => {
    next = undefined;
    inHand = work().finally(() => (inHand = undefined));
    return inHand;
  };
  return () => {
    if (next) return next;
    if (!inHand) return begin();
    return (next = inHand.then(begin, begin));
  };
}
