// dbmanager: answers a search for invoices with a page, whose documents are bounded in bytes.
import { HubError } from '@staffetta/flow/errors.ts';
import { fromRomeWallTime } from '@staffetta/platform/clock.ts';
import type { Store } from '@staffetta/platform/store/store.ts';
import type { DbmanagerOptions } from './config.ts';
import type { DocumentSearch } from './document-conditions.ts';
import { readDate } from './document-rows.ts';
import { documentFields, invoiceDto } from './invoice-value.ts';
import {
  countInvoices,
  listInvoices,
  readContents,
  sortColumns,
  type InvoiceSearch,
  type InvoiceView,
  type SortOrder,
} from './invoice-views.ts';
import { pageOf, readPage, readSort } from '@staffetta/platform/http/page.ts';
import type { InvoicesQuery } from './requests.ts';
import { standingWords } from './standing-words.ts';

const newestFirst: readonly SortOrder[] = [{ field: 'createdAt', descending: true }];
const sortFields = Object.keys(sortColumns) as (keyof typeof sortColumns)[];
const dayForm = /^\d{4}-\d{2}-\d{2}$/;

/**
 * Reads a query's day or moment.
 * @param name the parameter, for the error
 * @param text a day or a Rome wall time
 * @throws HubError BODY_NOT_VALID
 */
export function readInstant(name: string, text: string): Date {
  const instant = fromRomeWallTime(text);
  // PostgreSQL's timestamps end in year 294276, dates of the query are four digits: only a wrong form can be out of range.
  if (!instant)
    throw new HubError('BODY_NOT_VALID', `querystring/${name} must be as 2026-11-22 or 2026-11-22T10:15:30.`);
  return instant;
}

/**
 * Reads a query's end: one that names a day means that whole day, by Rome's clock; one that names a moment means up to and with it.
 * @param name the parameter, for the error
 * @param text a day or a Rome wall time
 * @returns the instant before which things must lie
 * @throws HubError BODY_NOT_VALID
 */
export function readEnd(name: string, text: string): Date {
  if (!dayForm.test(text)) return new Date(readInstant(name, text).getTime() + 1);
  const day = readInstant(name, text);
  const next = new Date(`${text}T00:00:00Z`);
  next.setUTCDate(next.getUTCDate() + 1);
  return fromRomeWallTime(next.toISOString().slice(0, 10)) ?? day;
}

/**
 * Reads what a query searches by.
 * @param query the request's
 * @param only the one customer whose invoices may be seen; undefined for all
 * @throws HubError BODY_NOT_VALID for a date that cannot be
 */
export function searchOf(query: InvoicesQuery, only: number | undefined): InvoiceSearch {
  const { status, startDate, endDate, correlationId, customerId } = query;
  return {
    status,
    from: startDate === undefined ? undefined : readInstant('startDate', startDate),
    before: endDate === undefined ? undefined : readEnd('endDate', endDate),
    correlationId,
    customerId: only ?? customerId,
    document: documentSearchOf(query),
  };
}

function readIssued(name: 'dataDa' | 'dataA', text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const issued = readDate(text);
  if (issued === null) throw new HubError('BODY_NOT_VALID', `querystring/${name} must be a day, as 2026-11-22.`);
  return issued;
}

function documentSearchOf(query: InvoicesQuery): DocumentSearch {
  const { supplier, customer, numero, dataDa, dataA, totaleMin, totaleMax, tipo, divisa } = query;
  return {
    supplier,
    customer,
    number: numero,
    issuedFrom: readIssued('dataDa', dataDa),
    issuedTo: readIssued('dataA', dataA),
    totalMin: totaleMin,
    totalMax: totaleMax,
    documentType: tipo,
    currency: divisa,
  };
}

/** Whose documents fit into the page: from the top, until the bytes are used up. */
function withinBytes(views: readonly InvoiceView[], bytesMax: number): string[] {
  let bytes = 0;
  return views.filter(({ size }) => (bytes += size) <= bytesMax).map(({ contentId }) => contentId);
}

/**
 * Searches invoices.
 * @param store the database
 * @param options the limits of a page
 * @param query the request's
 * @param only the one customer whose invoices may be seen; undefined for all
 * @returns a page of InvoiceDtos, the newest first where no order is asked for
 * @throws HubError BODY_NOT_VALID for a date, size or order that cannot be
 */
export async function searchInvoices(
  store: Store,
  options: Pick<DbmanagerOptions, 'pageSizeMax' | 'pageBytesMax'>,
  query: InvoicesQuery,
  only: number | undefined,
) {
  const order = readSort(query.sort, sortFields);
  const page = readPage(query, options.pageSizeMax);
  const search = searchOf(query, only);
  if (only !== undefined && query.customerId !== undefined && query.customerId !== only) {
    return pageOf([], page, 0, order.length > 0);
  }
  const limits = { limit: page.size, offset: page.number * page.size };
  const views = await listInvoices(store, search, order.length > 0 ? order : newestFirst, limits);
  const wanted = query.documents === false ? [] : withinBytes(views, options.pageBytesMax);
  const contents = wanted.length > 0 ? await readContents(store, wanted) : new Map<string, Buffer>();
  const rows = views.map((view) => {
    const bytes = contents.get(view.contentId);
    return { ...invoiceDto(view), words: standingWords(view), ...(bytes && documentFields(view, bytes)) };
  });
  return pageOf(rows, page, await countInvoices(store, search), order.length > 0);
}
