// dbmanager: the rule for a new invoice: what it becomes, given its customer and the judgement on its document. Pure.
import { parseTransmitter, type Transmitter } from '@staffetta/fatturapa/file-name.ts';
import { moveInvoice, type InvoiceEvent } from '@staffetta/flow/invoice-moves.ts';
import type { Finding } from '@staffetta/flow/messages.ts';
import type { InvoiceStatus } from '@staffetta/flow/statuses.ts';
import type { InvoicingCustomer } from './customers.ts';
import type { IncomingRequest } from './incoming-request.ts';

/** What a new invoice becomes. */
export interface Decision {
  readonly event: InvoiceEvent;
  readonly status: InvoiceStatus;
  readonly detail: string | null;
  readonly findings: Finding[];
  /** Who names its file; only where it goes to SdI. */
  readonly transmitter?: Transmitter;
}

/**
 * The finding for a customer that nobody knows.
 * @param customerId the id that was claimed
 */
export function customerUnknown(customerId: number): Finding {
  return {
    code: 'CUSTOMER_UNKNOWN',
    severity: 'error',
    path: '/customer/customerId',
    value: String(customerId),
    message: {
      it: `Il cliente ${customerId} non esiste.`,
      en: `There is no customer ${customerId}.`,
    },
    fix: { it: 'Creare il cliente o correggere il suo codice.', en: 'Create the customer, or correct its id.' },
  };
}

function transmitterOf(request: IncomingRequest, customer: InvoicingCustomer, byDefault: Transmitter): Transmitter {
  const { idPaese = '', idCodice = '' } = request.check.envelope?.transmitter ?? {};
  return parseTransmitter(customer.transmitter ?? '') ?? parseTransmitter(`${idPaese}${idCodice}`) ?? byDefault;
}

/**
 * Decides what a new invoice becomes.
 * @param request the invoice with the judgement on its document
 * @param customer its customer, if there is one
 * @param transmitter who names files where neither customer nor document does
 */
export function decideInvoice(
  request: IncomingRequest,
  customer: InvoicingCustomer | undefined,
  transmitter: Transmitter,
): Decision {
  const { check, kind } = request;
  const unknown = customer ? [] : [customerUnknown(request.event.message.customer.customerId)];
  const findings: Finding[] = [...unknown, ...check.findings];
  const right = customer !== undefined && check.valid;
  const event = right ? (kind === 'internal' ? 'accepted' : 'received') : 'rejected';
  const { status } = moveInvoice('INTERNAL_INVOICE_NEW', event);
  const detail = event === 'received' ? 'RECEIVED' : null;
  const decision = { event, status, detail, findings } as const;
  return event === 'accepted' && customer
    ? { ...decision, transmitter: transmitterOf(request, customer, transmitter) }
    : decision;
}
