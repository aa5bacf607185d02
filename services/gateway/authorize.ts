// gateway: the rule of who may pass; it knows the table's row and the caller, and no HTTP.
import type { ErrorCode } from '@staffetta/flow/errors.ts';
import type { Identified } from './identity/identity.ts';
import type { RouteRow } from './route-table.ts';

/** What the rule says: `pass`, or the error that the caller gets. */
export type Verdict = 'pass' | Extract<ErrorCode, 'KEY_WRONG' | 'ROLE_WRONG' | 'PATH_UNKNOWN'>;

/**
 * Judges one request. Who is not signed in learns nothing about which paths exist.
 * @param row the row of the table, or undefined where no route goes there
 * @param holder whom the credential stands for, or undefined where there is none that counts
 */
export function authorize(
  row: RouteRow | undefined,
  holder: Pick<Identified, 'caller' | 'scopes'> | undefined,
): Verdict {
  if (row?.who === 'everybody') return 'pass';
  if (!holder) return 'KEY_WRONG';
  if (!row) return 'PATH_UNKNOWN';
  const { who, scope } = row;
  if (who !== 'signedIn' && !holder.caller.roles.some((role) => who.includes(role))) return 'ROLE_WRONG';
  const mayUse = scope === undefined || holder.scopes === undefined || holder.scopes.includes(scope);
  return mayUse ? 'pass' : 'ROLE_WRONG';
}
