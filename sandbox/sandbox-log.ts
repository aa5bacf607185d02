// sandbox: the little it wants of a log; pino's fits.

/** One method per level: what is known, then the event's name. */
export interface SandboxLog {
  debug(facts: object, event: string): void;
  info(facts: object, event: string): void;
  error(facts: object, event: string): void;
}

/** A log that keeps nothing. */
export const noLog: SandboxLog = { debug: () => undefined, info: () => undefined, error: () => undefined };

/**
 * A log of failures alone: what the sandbox does as it should is nobody's news.
 * @param tell takes what is known and the event's name
 */
export function failuresTo(tell: (facts: object, event: string) => void): SandboxLog {
  return { ...noLog, error: tell };
}
