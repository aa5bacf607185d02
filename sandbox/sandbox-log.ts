// sandbox: the little it wants of a log; pino's fits.

/** One method per level: what is known, then the event's name. */
export interface SandboxLog {
  debug(facts: object, event: string): void;
  info(facts: object, event: string): void;
  error(facts: object, event: string): void;
}

/** A log that keeps nothing. */
export const noLog: SandboxLog = { debug: () => undefined, info: () => undefined, error: () => undefined };
