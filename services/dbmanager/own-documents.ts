// dbmanager: recognises documents that our own customers sent and SdI brings back to them (self-billing): by file and bytes, or by number.
import { fileStem } from '@staffetta/fatturapa/notices/notice-name.ts';
import type { Tx } from '@staffetta/platform/store/store.ts';
import type { IncomingRequest } from './incoming-request.ts';
import { numbersOwned, owningInvoices, type OwningInvoice } from './issued-numbers.ts';
import { namesLike } from './match-notices.ts';
import { claimsOf } from './number-claims.ts';
import { invoicesSentWith, sentFilesByName } from './sent-files.ts';

/** Documents that the buyer writes itself (domain: TipoDocumento): no supplier sends one, so that their number alone tells them. */
const selfBilled: ReadonlySet<string> = new Set([
  'TD16',
  'TD17',
  'TD18',
  'TD19',
  'TD20',
  'TD21',
  'TD22',
  'TD23',
  'TD27',
  'TD28',
  'TD29',
]);

function nameOf({ received, event }: IncomingRequest): string | undefined {
  return received?.fileName ?? event.message.fileName;
}

/** Invoices that were sent as a file of this name with these very bytes. */
async function byFile(tx: Tx, requests: readonly IncomingRequest[]): Promise<Map<string, string[]>> {
  const names = requests.flatMap((request) => nameOf(request) ?? []).flatMap(namesLike);
  const files = names.length === 0 ? [] : await sentFilesByName(tx, [...new Set(names)]);
  if (files.length === 0) return new Map();
  const ids = [...new Set(files.map(({ transmissionId }) => transmissionId))];
  const sent = Map.groupBy(await invoicesSentWith(tx, ids), ({ transmissionId }) => transmissionId);
  return new Map(
    requests.map((request) => {
      const stem = fileStem(nameOf(request) ?? '');
      const sha256 = request.sha256.toString('hex');
      const same = files.filter((file) => fileStem(file.fileName) === stem && file.sha256 === sha256);
      const found = same.flatMap(({ transmissionId }) => sent.get(transmissionId) ?? []);
      return [request.invoiceId, found.map(({ invoiceId }) => invoiceId)];
    }),
  );
}

function isSelfBilled({ check }: IncomingRequest): boolean {
  const types = check.documents.flatMap(
    ({ envelope }) => envelope?.bodies.map((body) => body.tipoDocumento ?? '') ?? [],
  );
  return types.length > 0 && types.every((type) => selfBilled.has(type));
}

/** Invoices that own the numbers of documents which only their buyer can have written. */
async function byNumber(tx: Tx, requests: readonly IncomingRequest[]): Promise<Map<string, string[]>> {
  const asked = requests
    .filter(isSelfBilled)
    .map((request) => ({ request, claims: claimsOf(request.check.documents) }));
  if (asked.length === 0) return new Map();
  const owned = await numbersOwned(
    tx,
    asked.flatMap(({ claims }) => claims),
  );
  return new Map(
    asked.map(({ request, claims }) => {
      return [request.invoiceId, claims.flatMap(({ key }) => owned.get(key)?.invoiceId ?? [])];
    }),
  );
}

function isTheirs(invoice: OwningInvoice | undefined, { event }: IncomingRequest): invoice is OwningInvoice {
  return invoice !== undefined && !invoice.deleted && invoice.customerId === event.message.customer.customerId;
}

/**
 * Finds which received documents are those that the same customer sent.
 * @param tx the transaction that stores the batch
 * @param requests the batch
 * @returns the received invoice's id → the number of the invoice that was sent
 */
export async function findOwnDocuments(tx: Tx, requests: readonly IncomingRequest[]): Promise<Map<string, number>> {
  const received = requests.filter(({ kind }) => kind === 'external');
  if (received.length === 0) return new Map();
  const [files, numbers] = [await byFile(tx, received), await byNumber(tx, received)];
  const ids = new Set([...files.values(), ...numbers.values()].flat());
  if (ids.size === 0) return new Map();
  const invoices = await owningInvoices(tx, [...ids]);
  return new Map(
    received.flatMap((request) => {
      const found = [...(files.get(request.invoiceId) ?? []), ...(numbers.get(request.invoiceId) ?? [])];
      const own = found.map((id) => invoices.get(id)).find((invoice) => isTheirs(invoice, request));
      return own ? [[request.invoiceId, own.invoiceNumber] as const] : [];
    }),
  );
}
