// mailbox: several things at once, and yet one after the other where they are about the same.

/**
 * Works on items several at once. They are begun in their order; one that shares a key with an earlier one begins when that has ended.
 * @param items in order
 * @param atOnce at most so many are on their way
 * @param keysOf what an item is about
 * @param work what is done with it
 * @throws what the first failing work threw, once all that were on their way have ended; none is begun after it
 */
export async function inLanes<T>(
  items: readonly T[],
  atOnce: number,
  keysOf: (item: T) => readonly string[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = [...items];
  const lastAbout = new Map<string, Promise<void>>();
  const oneByOne = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
      const keys = keysOf(item);
      const before = keys.flatMap((key) => lastAbout.get(key) ?? []);
      const { promise, resolve } = Promise.withResolvers<void>();
      for (const key of keys) lastAbout.set(key, promise);
      try {
        // Whom it waits for was begun earlier, so that no two wait for each other.
        await Promise.all(before);
        await work(item);
      } catch (error) {
        queue.length = 0;
        throw error;
      } finally {
        resolve();
      }
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: Math.min(atOnce, items.length) }, oneByOne));
  const failed = ended.find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
}
