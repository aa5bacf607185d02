// dbmanager: the rule for a new invoice: what it becomes, given its customer and the judgement on its document. Pure.
import { boundFindings } from '@staffetta/fatturapa/bound-findings.ts';
import { parseTransmitter, type Transmitter } from '@staffetta/fatturapa/file-name.ts';
import { moveInvoice, type InvoiceEvent } from '@staffetta/flow/invoice-moves.ts';
import type { Finding, SignFormat } from '@staffetta/flow/messages.ts';
import type { ReceivedDetail } from '@staffetta/flow/received-details.ts';
import type { InvoiceStatus } from '@staffetta/flow/statuses.ts';
import type { InvoicingCustomer } from './customers.ts';
import type { IncomingRequest } from './incoming-request.ts';
import type { InvoiceKind } from './invoices.ts';
import { signatureNeed, type SignatureNeed, type SigningRule } from './needs-signature.ts';
import { toBeSigned } from './unsigned-transmissions.ts';

/** What a new invoice becomes. */
export interface Decision {
  readonly event: InvoiceEvent;
  readonly status: InvoiceStatus;
  readonly detail: string | null;
  readonly findings: Finding[];
  /** Who names its file; only where it goes to SdI. */
  readonly transmitter?: Transmitter;
  /** How its file is signed before that; absent where it goes as it is. */
  readonly signAs?: SignFormat;
}

/** What a decision depends on besides. */
export interface DecisionOptions {
  /** Who names files where neither customer nor document does. */
  readonly transmitter: Transmitter;
  readonly signing: SigningRule;
  readonly checking: {
    /** The most findings that are kept, of the document and of the archive together. */
    readonly findingsMax: number;
  };
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

/** Kind → what happens to an invoice of a known customer. */
const events: Readonly<Record<InvoiceKind, (documentIsRight: boolean) => InvoiceEvent>> = {
  internal: (documentIsRight) => (documentIsRight ? 'accepted' : 'rejected'),
  external: () => 'received',
};

function transmitterOf(request: IncomingRequest, customer: InvoicingCustomer, byDefault: Transmitter): Transmitter {
  const { idPaese = '', idCodice = '' } = request.check.envelope?.transmitter ?? {};
  return parseTransmitter(customer.transmitter ?? '') ?? parseTransmitter(`${idPaese}${idCodice}`) ?? byDefault;
}

/** Only what is right otherwise is asked for: a wrong document is not signed. */
function needOf({ kind, bytes, check }: IncomingRequest, documentIsRight: boolean, rule: SigningRule): SignatureNeed {
  if (kind !== 'internal' || !documentIsRight) return {};
  return signatureNeed({ size: bytes.length, kind: check.fileKind, documents: check.documents }, rule);
}

/** The finer state of an invoice as it is stored. */
function detailOf(event: InvoiceEvent, signAs: SignFormat | undefined, isOwn: boolean): string | null {
  if (event === 'received') return (isOwn ? 'OWN_DOCUMENT' : 'RECEIVED') satisfies ReceivedDetail;
  return event === 'accepted' && signAs !== undefined ? toBeSigned : null;
}

/**
 * Decides what a new invoice becomes. A supplier's invoice is ours to keep whatever its document is like: what a check found is
 * noted, and only an unknown customer is refused.
 * @param request the invoice with the judgement on its document
 * @param customer its customer, if there is one
 * @param options who names files by default, and what is signed
 * @param archive what our own archive says against it, see `findDuplicates`
 */
export function decideInvoice(
  request: IncomingRequest,
  customer: InvoicingCustomer | undefined,
  { transmitter, signing, checking }: DecisionOptions,
  archive: readonly Finding[] = [],
): Decision {
  const { check, kind } = request;
  const unknown = customer ? [] : [customerUnknown(request.event.message.customer.customerId)];
  const passes = check.valid && !archive.some(({ severity }) => severity === 'error');
  const need = needOf(request, passes, signing);
  const all = [...unknown, ...check.findings, ...archive, ...(need.finding ? [need.finding] : [])];
  const findings: Finding[] = boundFindings(all, checking.findingsMax);
  const documentIsRight = passes && !need.finding;
  const event = customer === undefined ? 'rejected' : events[kind](documentIsRight);
  const { status } = moveInvoice('INTERNAL_INVOICE_NEW', event);
  const isOwn = archive.some(({ code }) => code === 'OWN_DOCUMENT');
  const detail = detailOf(event, need.format, isOwn);
  const decision = { event, status, detail, findings } as const;
  if (event !== 'accepted' || !customer) return decision;
  const named = { ...decision, transmitter: transmitterOf(request, customer, transmitter) };
  return need.format === undefined ? named : { ...named, signAs: need.format };
}
