// sandbox: one page out of a list, in the shape that the hub's own lists have.

/** Which page, from 0, and how many entries it has. */
export interface PageRequest {
  readonly page: number;
  readonly size: number;
}

/** One page of a list. */
export interface Page<T> {
  readonly content: readonly T[];
  readonly totalElements: number;
  readonly totalPages: number;
  readonly number: number;
  readonly size: number;
}

/**
 * Cuts a page out of a list.
 * @param all the whole list in its order
 * @param request which page
 * @returns the page; one past the end is empty
 */
export function toPage<T>(all: readonly T[], { page, size }: PageRequest): Page<T> {
  const content = all.slice(page * size, (page + 1) * size);
  return { content, totalElements: all.length, totalPages: Math.ceil(all.length / size), number: page, size };
}
