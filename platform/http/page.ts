// platform: pages in Spring Data's shape. Pure.
import { HubError } from '@staffetta/flow/errors.ts';

/** Which page: `number` from 0. */
export interface PageRequest {
  readonly number: number;
  readonly size: number;
}

/** Spring Data's `Sort` as JSON. */
interface SortView {
  readonly sorted: boolean;
  readonly unsorted: boolean;
  readonly empty: boolean;
}

/** Spring Data's `Page` as JSON. */
export interface Page<T> {
  readonly content: readonly T[];
  readonly pageable: {
    readonly pageNumber: number;
    readonly pageSize: number;
    readonly sort: SortView;
    readonly offset: number;
    readonly paged: boolean;
    readonly unpaged: boolean;
  };
  readonly totalElements: number;
  readonly totalPages: number;
  readonly last: boolean;
  readonly size: number;
  readonly number: number;
  readonly sort: SortView;
  readonly numberOfElements: number;
  readonly first: boolean;
  readonly empty: boolean;
}

/**
 * The total that agrees with what the page shows: rows and total are read one after the other, and what comes or goes between them must
 * not make a page that says "one in all" and shows none.
 */
function agreeing({ number, size }: PageRequest, shown: number, counted: number): number {
  const seen = number * size + shown;
  const isLast = shown < size && (shown > 0 || number === 0);
  return isLast ? seen : Math.max(counted, shown > 0 ? seen : 0);
}

/**
 * Makes a page.
 * @param content its rows
 * @param request which page it is
 * @param counted how many rows there are in all, read after the rows
 * @param sorted whether the caller asked for an order
 */
export function pageOf<T>(content: readonly T[], request: PageRequest, counted: number, sorted: boolean): Page<T> {
  const { number, size } = request;
  const total = agreeing(request, content.length, counted);
  const sort = { sorted, unsorted: !sorted, empty: !sorted };
  const totalPages = Math.ceil(total / size);
  return {
    content,
    pageable: { pageNumber: number, pageSize: size, sort, offset: number * size, paged: true, unpaged: false },
    totalElements: total,
    totalPages,
    last: number + 1 >= totalPages,
    size,
    number,
    sort,
    numberOfElements: content.length,
    first: number === 0,
    empty: content.length === 0,
  };
}

/**
 * Reads `page` and `size`; 20 rows by default, as Spring does.
 * @param query the request's
 * @param sizeMax the most rows
 * @throws HubError BODY_NOT_VALID for a size over the limit
 */
export function readPage(query: { readonly page?: number; readonly size?: number }, sizeMax: number): PageRequest {
  const { page = 0, size = Math.min(20, sizeMax) } = query;
  if (size > sizeMax) throw new HubError('BODY_NOT_VALID', `querystring/size must be at most ${sizeMax}.`);
  return { number: page, size };
}

/** A field and its direction. */
export interface Order<F extends string> {
  readonly field: F;
  readonly descending: boolean;
}

/**
 * Reads Spring's `sort` (`createdAt,desc`; may come several times).
 * @param sort the query's value or values
 * @param fields those that may be sorted by
 * @throws HubError BODY_NOT_VALID for another field or direction
 */
export function readSort<F extends string>(
  sort: string | readonly string[] | undefined,
  fields: readonly F[],
): Order<F>[] {
  const wishes = sort === undefined ? [] : typeof sort === 'string' ? [sort] : sort;
  return wishes.flatMap((wish) => {
    const words = wish.split(',').map((word) => word.trim());
    const direction = /^(asc|desc)$/i.test(words.at(-1) ?? '') ? words.pop()?.toLowerCase() : 'asc';
    return words.map((word) => {
      const field = fields.find((known) => known === word);
      if (!field) {
        const message = `querystring/sort knows ${fields.join(', ')}, each with ,asc or ,desc; not "${word.slice(0, 60)}".`;
        throw new HubError('BODY_NOT_VALID', message);
      }
      return { field, descending: direction === 'desc' };
    });
  });
}
