// mailbox: waits that a signal ends early.

/**
 * Waits.
 * @param ms how long
 * @param signal ends it early, without an error
 */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = (): void => resolve();
  const timer = setTimeout(end, ms);
  signal.addEventListener('abort', end, { once: true });
  await promise;
  clearTimeout(timer);
  signal.removeEventListener('abort', end);
}

/**
 * Finds the wait before a try.
 * @param delaysMs the waits in order; the last one repeats
 * @param tries how many tries there were
 */
export function delayOf(delaysMs: readonly number[], tries: number): number {
  return delaysMs[Math.min(tries, delaysMs.length) - 1] ?? delaysMs.at(-1) ?? 1000;
}
