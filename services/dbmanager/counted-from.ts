// dbmanager: from when a term of the law counts: what SdI said by mail holds since that mail was certified. Pure.
import type { Outcome } from './outcomes.ts';

/**
 * Finds from when a term counts.
 * @param outcome what began it
 * @param notBefore what must have been before it, whatever a mail says; undefined for nothing
 */
export function countedFrom(
  { happenedAt, countsFrom }: Pick<Outcome, 'happenedAt' | 'countsFrom'>,
  notBefore: Date | undefined,
): Date {
  const since = countsFrom ?? happenedAt;
  return notBefore !== undefined && since < notBefore ? notBefore : since;
}
