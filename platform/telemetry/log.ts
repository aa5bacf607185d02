// platform: structured logs, one wide line per thing that happened; documents, tax numbers and secrets never in them.
import { destination, pino, type Logger } from 'pino';

/** What the rest of the hub logs with. */
export type Log = Logger;

/**
 * Makes the logger of a process.
 * @param level `debug`, `info`, `warn`, `error` or `silent`; ERROR means that somebody must act today
 * @param file a path to write to instead of standard output
 * @returns a pino logger that writes JSON lines
 */
export function createLog(level: string, file?: string): Log {
  const options = {
    level,
    base: null,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    redact: { paths: ['password', '*.password', 'apiKey', '*.apiKey', 'invoice', '*.invoice', 'file', '*.file'] },
  };
  return pino(options, destination({ dest: file ?? 1, sync: false, minLength: 0, mkdir: true }));
}
