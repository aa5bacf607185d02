// platform: what the runtime does about a failure, read from the error's kind (see flow/errors.ts).

/**
 * The kind of an error, as the hub's errors carry it; a stranger's error has none.
 * @param error what was thrown or named
 */
export function errorKind(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('kind' in error)) return undefined;
  return typeof error.kind === 'string' ? error.kind : undefined;
}

/**
 * How long the handler asks an event to wait before it is handed over again.
 * @param error what was thrown or named
 * @returns milliseconds; undefined where it asks for nothing
 */
export function againAfterMs(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('againAfterMs' in error)) return undefined;
  const { againAfterMs: ms } = error;
  return typeof ms === 'number' && ms >= 0 ? ms : undefined;
}

/**
 * Decides about a failure.
 * @returns `later` the event itself has to wait, nothing is counted; `wait` a part is away, nothing is counted; `giveUp` no other
 *   try can help; `retry` try again by the policy
 */
export function verdictOn(error: unknown): 'later' | 'wait' | 'giveUp' | 'retry' {
  if (againAfterMs(error) !== undefined) return 'later';
  const kind = errorKind(error);
  if (kind === 'unavailable') return 'wait';
  return kind === 'poison' || kind === 'badRequest' ? 'giveUp' : 'retry';
}

/** An error as one line, for `paused()` and headers. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
