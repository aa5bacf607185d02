// dbmanager: the rule of what may be deleted (ADR-0008). Pure.
import type { InvoiceStatus } from '@staffetta/flow/statuses.ts';
import type { TransmissionState } from './transmissions.ts';

const years = 'the law wants it kept for ten years, with what SdI answered';

/** Status → why it must stay; null where it may go. */
const reasons: Readonly<Record<InvoiceStatus, string | null>> = {
  INTERNAL_INVOICE_NEW: 'it is being stored',
  INTERNAL_INVOICE_TOBE_SENT: 'it is on its way to SdI; wait for SENT or NOT_SENT',
  INTERNAL_INVOICE_SENT: `it was sent: ${years}`,
  INTERNAL_INVOICE_NOT_SENT: null,
  INTERNAL_INVOICE_INVALID: null,
  INTERNAL_INVOICE_DELIVERED: `it was issued: ${years}`,
  INTERNAL_INVOICE_DISCARDED: `SdI has seen and refused it: ${years}`,
  INTERNAL_INVOICE_NOT_DELIVERED: `it was issued: ${years}`,
  INVOICE_ERROR: 'nobody knows yet whether it went out; settle its status first',
  EXTERNAL_INVOICE: `it was received: ${years}`,
};

/** A file of it that SdI has seen stays with what SdI said of it, whatever became of the one sent after it. */
const seen: readonly TransmissionState[] = ['SENT', 'DELIVERED', 'DISCARDED', 'NOT_DELIVERED'];

/**
 * Says whether an invoice may be deleted.
 * @param status its status
 * @param transmissions the files that were sent of it
 * @returns undefined where it may, else the reason why it must stay
 */
export function whyItMustStay(
  status: InvoiceStatus,
  transmissions: readonly { readonly state: TransmissionState }[],
): string | undefined {
  const why = reasons[status] ?? undefined;
  if (why !== undefined) return why;
  return transmissions.some(({ state }) => seen.includes(state))
    ? `an earlier file of it reached SdI: ${years}`
    : undefined;
}
