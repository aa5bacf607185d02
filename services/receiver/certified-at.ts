// receiver: when the mail that brought something was certified: terms of the law count from it, so only who has read the mail is believed.

import type { ServiceName } from '@staffetta/flow/services.ts';

/** The name under which the service mailbox calls. */
export const mailboxName: ServiceName = 'mailbox';

/**
 * Takes a certified time from whoever may tell it.
 * @param createdBy who calls
 * @param certifiedAt ISO 8601, or anything else, or nothing
 * @returns the time in UTC where the service mailbox says one, else nothing
 */
export function certifiedBy(createdBy: string, certifiedAt: string | null | undefined): { certifiedAt?: string } {
  const instant = createdBy === mailboxName ? Date.parse(certifiedAt ?? '') : Number.NaN;
  return Number.isNaN(instant) ? {} : { certifiedAt: new Date(instant).toISOString() };
}
