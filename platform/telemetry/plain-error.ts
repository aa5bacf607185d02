// platform: an error as the log shows it: what it is and where it came from, without the pieces of data that others put into errors. Pure.
import { HubError } from '@staffetta/flow/errors.ts';

/** What the log keeps of an error. */
export interface PlainError {
  readonly type: string;
  readonly code?: string;
  readonly message: string;
  /** Only of errors that nobody foresaw. */
  readonly stack?: string;
  readonly cause?: PlainError;
  readonly errors?: readonly PlainError[];
}

const lengthMax = 1000;
const stackMax = 4000;
const depthMax = 4;
const errorsMax = 3;

/** What JSON.parse says repeats a piece of what it read. */
const excerpt = /(?:, )?(?:\.\.\.)?".*"(?:\.\.\.)? is not valid JSON/s;
/** What PostgreSQL says ends with the value that it could not read; its `detail` and `where` are never shown. */
const databaseValue = /: ".*"$/s;

/**
 * Takes the piece of a document out of what JSON.parse says of it; the place stays.
 * @param said an error's message
 */
export function withoutExcerpt(said: string): string {
  return said.replace(excerpt, '');
}

/** What an error says, without the pieces of data that its kind puts in; at most 1,000 characters. */
function messageOf(error: Error): string {
  const plain = withoutExcerpt(error.message);
  const isDatabase = 'severity' in error && 'routine' in error;
  return (isDatabase ? plain.replace(databaseValue, '') : plain).slice(0, lengthMax);
}

function stackOf(error: Error, message: string): string {
  // The stack begins with the message, as it was.
  return (error.stack ?? '').replace(error.message, () => message).slice(0, stackMax);
}

function codeOf(error: Error): string | undefined {
  return 'code' in error && ['string', 'number'].includes(typeof error.code) ? String(error.code) : undefined;
}

/**
 * Makes of whatever was thrown what the log may hold. Other properties than these are left out: drivers and clients put statements,
 * rows, addresses and whole requests into theirs.
 * @param thrown anything
 */
export function plainError(thrown: unknown, depth = 0): PlainError {
  if (!(thrown instanceof Error)) return { type: typeof thrown, message: String(thrown).slice(0, lengthMax) };
  const message = messageOf(thrown);
  const code = codeOf(thrown);
  const isForeseen = (thrown instanceof HubError && thrown.kind !== 'internal') || depth > 0;
  const errors = thrown instanceof AggregateError ? (thrown.errors as readonly unknown[]).slice(0, errorsMax) : [];
  const isDeep = depth >= depthMax;
  return {
    type: thrown.constructor.name,
    ...(code !== undefined && { code }),
    message,
    ...(!isForeseen && { stack: stackOf(thrown, message) }),
    ...(thrown.cause !== undefined && !isDeep && { cause: plainError(thrown.cause, depth + 1) }),
    ...(errors.length > 0 && !isDeep && { errors: errors.map((one) => plainError(one, depth + 1)) }),
  };
}
