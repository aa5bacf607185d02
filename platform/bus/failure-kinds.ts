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
 * Decides about a failure.
 * @returns `wait` a part is away, nothing is counted; `giveUp` no other try can help; `retry` try again by the policy
 */
export function verdictOn(error: unknown): 'wait' | 'giveUp' | 'retry' {
  const kind = errorKind(error);
  if (kind === 'unavailable') return 'wait';
  return kind === 'poison' || kind === 'badRequest' ? 'giveUp' : 'retry';
}

/** An error as one line, for `paused()` and headers. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
