// platform: structured logs, one wide line per thing that happened; documents, tax numbers and secrets never in them.
import { renameSync, statSync } from 'node:fs';
import { destination, pino, type Logger } from 'pino';
import { scrubLine } from './hidden-values.ts';
import { noteChild, noteRoot } from './log-levels.ts';
import { plainError } from './plain-error.ts';
import { traceOfLine } from './tracing.ts';

/** What the rest of the hub logs with. */
export type Log = Logger;

const lookEveryMs = 30_000;
const fileBytesMax = 64 * 1024 * 1024;

/**
 * Makes the logger of a process.
 * @param level `debug`, `info`, `warn`, `error` or `silent`; ERROR means that somebody must act today
 * @param file a path to write to instead of standard output; beyond 64 MiB it becomes `<file>.1` (the one before goes) and a new one
 *   begins, so that logs never fill the disk that the database needs
 * @param traced whether lines carry the ids of the active span (see start-tracing.ts)
 * @returns a pino logger that writes JSON lines
 */
export function createLog(level: string, file?: string, traced = false): Log {
  const options = {
    level,
    base: null,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    redact: { paths: ['password', '*.password', 'apiKey', '*.apiKey', 'invoice', '*.invoice', 'file', '*.file'] },
    serializers: { err: (error: unknown) => plainError(error) },
    hooks: { streamWrite: scrubLine },
    ...(traced && { mixin: traceOfLine }),
  };
  const out = destination({ dest: file ?? 1, sync: false, minLength: 0, mkdir: true });
  if (file !== undefined) {
    setInterval(() => rollOver(file, fileBytesMax, () => out.reopen()), lookEveryMs).unref();
  }
  const log = pino({ ...options, onChild: (child) => noteChild(child, log) }, out);
  noteRoot(log, level);
  return log;
}

/**
 * Puts a log file aside once it is large.
 * @param file its path; one that is not there is left alone
 * @param bytesMax from which size on
 * @param reopen makes the writer begin a new file
 */
export function rollOver(file: string, bytesMax: number, reopen: () => void): void {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size <= bytesMax) return;
  renameSync(file, `${file}.1`);
  reopen();
}
