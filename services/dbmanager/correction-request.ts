// dbmanager: a corrected document as it is handed in, judged as a new one would be, under the id of the invoice that it corrects.
import { HubError } from '@staffetta/flow/errors.ts';
import type { Incoming, World } from '@staffetta/platform/service.ts';
import { composeRequest } from './compose-request.ts';
import type { DbmanagerOptions } from './config.ts';
import { insistOnDocument } from './create-invoice.ts';
import { readIssuers } from './fiscal-profiles.ts';
import { readIncoming, type IncomingRequest } from './incoming-request.ts';
import type { InvoiceView } from './invoice-views.ts';
import type { Judging } from './judging.ts';
import { isFileName } from './request-texts.ts';

/** The corrected document: one of the three. */
export interface CorrectionWish {
  readonly invoice?: string | undefined;
  readonly file?: string | undefined;
  readonly document?: Readonly<Record<string, unknown>> | undefined;
  readonly fileName?: string | undefined;
}

/** What judging it needs. */
export interface CorrectionParts {
  readonly world: World;
  readonly options: DbmanagerOptions;
  readonly judging: Judging;
}

/** The step that understands what is new understands events; this one was never on the bus. */
function eventOf(view: InvoiceView, wish: CorrectionWish, by: string, at: Date): Incoming<'incomingInvoice'> {
  const { invoice, file, document, fileName } = wish;
  const { invoiceId, correlationId, claimedCustomerId: customerId } = view;
  const message = {
    invoiceId,
    invoiceStatus: 'INTERNAL_INVOICE_NEW',
    customer: { customerId },
    correlationId,
    createdBy: by,
    ...(invoice !== undefined && { invoice }),
    ...(file !== undefined && { file }),
    ...(document !== undefined && { document }),
    ...(fileName !== undefined && { fileName }),
  } as const;
  const nothing = { key: invoiceId, value: Buffer.alloc(0), headers: {}, timestamp: at };
  return {
    flow: 'incomingInvoice',
    message,
    key: invoiceId,
    eventId: invoiceId,
    correlationId,
    causationId: undefined,
    trace: undefined,
    record: { topic: 'reinvia', partition: 0, offset: 0n, ...nothing },
  };
}

/**
 * Says whether a request brings a document.
 * @param wish what it holds
 */
export function isCorrection({ invoice, file, document }: CorrectionWish): boolean {
  return invoice !== undefined || file !== undefined || document !== undefined;
}

/**
 * Judges a corrected document.
 * @param view the invoice that it corrects
 * @param wish the document
 * @param by who hands it in
 * @param parts how documents are judged
 * @throws HubError BODY_NOT_VALID, DOCUMENT_TOO_LARGE, DOCTYPE_REFUSED for what is no single document
 */
export async function readCorrection(
  view: InvoiceView,
  wish: CorrectionWish,
  by: string,
  { world, options, judging }: CorrectionParts,
): Promise<IncomingRequest> {
  insistOnDocument(wish, options.documentBytesMax);
  if (wish.fileName !== undefined && !isFileName(wish.fileName)) {
    throw new HubError('BODY_NOT_VALID', 'fileName must be a plain file name of at most 255 characters.');
  }
  const { claimedCustomerId } = view;
  const issuers = wish.document && (await readIssuers(world.store, [claimedCustomerId]));
  const at = world.clock.now();
  return readIncoming(eventOf(view, wish, by, at), judging, (sent, customerId) =>
    composeRequest(sent, issuers?.get(customerId), options, at, judging),
  );
}
