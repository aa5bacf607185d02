// dbmanager: what the paths that show invoices share: whose it is, which of its files is meant, and the job of showing it.
import type { ShowAnswer, ShowJob, ShowWish } from '@staffetta/fatturapa/show/show-file.ts';
import { HubError } from '@staffetta/flow/errors.ts';
import type { Store } from '@staffetta/platform/store/store.ts';
import type { FastifyRequest } from 'fastify';
import type { RouteParts } from './customer-routes.ts';
import { sentFile, type InvoiceFile } from './invoice-files.ts';
import { findInvoice, type FullInvoiceView } from './invoice-views.ts';
import type { Showing } from './showing.ts';

/** What these paths need besides. */
export interface ShowParts extends RouteParts {
  readonly showing: Showing;
}

/**
 * Finds the invoice if the caller may see it; to others it does not exist.
 * @param parts store and callers
 * @param request who asks
 * @param invoiceNumber which
 * @throws HubError INVOICE_UNKNOWN
 */
export async function findOwn(
  parts: ShowParts,
  request: FastifyRequest,
  invoiceNumber: number,
): Promise<FullInvoiceView> {
  const { only } = parts.reach(request);
  const view = await findInvoice(parts.world.store, invoiceNumber);
  if (view && (only === undefined || view.customer?.customerId === only)) return view;
  throw new HubError('INVOICE_UNKNOWN', `There is no invoice ${invoiceNumber}.`);
}

/**
 * Finds the file of a transmission.
 * @param store the database
 * @param view the invoice
 * @param transmissionId one of its transmissions
 * @throws HubError PART_UNKNOWN
 */
export async function findSent(store: Store, view: FullInvoiceView, transmissionId: string): Promise<InvoiceFile> {
  const file = await sentFile(store, view.invoiceId, transmissionId);
  if (file) return file;
  throw new HubError('PART_UNKNOWN', `Invoice ${view.invoiceNumber} has no transmission ${transmissionId}.`);
}

/**
 * Picks the document: as sent where a transmission is named, else as stored, which for JSON is the XML that was made of it.
 * @param store the database
 * @param view the invoice
 * @param transmission one of its transmissions
 * @throws HubError PART_UNKNOWN
 */
export async function documentFile(store: Store, view: FullInvoiceView, transmission?: string): Promise<DocumentFile> {
  if (transmission === undefined) return { bytes: view.bytes, fileName: view.fileName ?? undefined };
  const { bytes, fileName } = await findSent(store, view, transmission);
  return { bytes, fileName: fileName ?? undefined };
}

/** A file to show. */
export interface DocumentFile {
  readonly bytes: Buffer;
  readonly fileName: string | undefined;
}

/**
 * Makes a job of showing.
 * @param parts limits and trust anchors
 * @param view the invoice
 * @param file which of its files
 * @param wish what is wanted of it
 */
export function jobOf(parts: ShowParts, view: FullInvoiceView, file: DocumentFile, wish: ShowWish): ShowJob {
  const { checking, documentBytesMax } = parts.options;
  const { trustAnchors } = checking;
  return {
    bytes: file.bytes,
    at: view.createdAt,
    // What was taken once can be shown, whatever the limit was then.
    limits: {
      documentBytesMax: Math.max(documentBytesMax, file.bytes.length),
      archiveBytesMax: Math.max(documentBytesMax, file.bytes.length),
    },
    wish,
    ...(file.fileName === undefined ? {} : { name: file.fileName }),
    ...(trustAnchors ? { trustAnchors } : {}),
  };
}

/** Something that was shown. */
export type Shown = Extract<ShowAnswer, { kind: 'shown' }>;

/**
 * Does a job, or says why it cannot be done.
 * @param parts whoever shows
 * @param view the invoice
 * @param job the job
 * @throws HubError NOT_SHOWABLE, PART_UNKNOWN; TOO_MANY_REQUESTS and WORK_BROKE_OFF as the workers say
 */
export async function showOrExplain(parts: ShowParts, view: FullInvoiceView, job: ShowJob): Promise<Shown> {
  const { invoiceNumber, fileKind } = view;
  if (fileKind === 'json') {
    throw new HubError('NOT_SHOWABLE', `Invoice ${invoiceNumber} is JSON of which no document could be made.`);
  }
  const answer = await parts.showing.run(job);
  if (answer.kind === 'shown') return answer;
  if (answer.kind === 'noSuchPart') {
    throw new HubError('PART_UNKNOWN', `Invoice ${invoiceNumber} has no such document, body or attachment.`);
  }
  const [finding] = answer.findings;
  const why = finding ? ` ${finding.code}: ${finding.message.en}` : '';
  throw new HubError('NOT_SHOWABLE', `Invoice ${invoiceNumber} cannot be read as a FatturaPA document.${why}`);
}
