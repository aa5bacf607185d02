// gateway: the rule of who may pass; it knows the table's row and the caller, and no HTTP.
import type { ErrorCode } from '@staffetta/flow/errors.ts';
import type { Caller } from '@staffetta/platform/http/caller.ts';
import type { RouteRow } from './route-table.ts';

/** What the rule says: `pass`, or the error that the caller gets. */
export type Verdict = 'pass' | Extract<ErrorCode, 'KEY_WRONG' | 'ROLE_WRONG' | 'PATH_UNKNOWN'>;

/**
 * Judges one request. Who is not signed in learns nothing about which paths exist.
 * @param row the row of the table, or undefined where no route goes there
 * @param caller whom the key stands for, or undefined where there is no valid key
 */
export function authorize(row: RouteRow | undefined, caller: Caller | undefined): Verdict {
  if (row?.who === 'everybody') return 'pass';
  if (!caller) return 'KEY_WRONG';
  if (!row) return 'PATH_UNKNOWN';
  if (row.who === 'signedIn') return 'pass';
  const { who } = row;
  return caller.roles.some((role) => who.includes(role)) ? 'pass' : 'ROLE_WRONG';
}
