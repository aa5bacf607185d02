// dbmanager: which bodies of a file an answer is about. Pure.
import type { InvoiceReference } from '@staffetta/fatturapa/notices/notice.ts';
import type { AnsweredDocument } from './answered-documents.ts';

function sameNumber(a: string, b: string): boolean {
  return a.trim().toUpperCase() === b.trim().toUpperCase();
}

/**
 * Finds the bodies that an answer is about: all of them where it names none or there is but one; its place in the lot decides between
 * equals, and where no number fits.
 * @param reference what the answer names
 * @param bodies of one file, in their order
 */
export function meantBy(
  reference: InvoiceReference | undefined,
  bodies: readonly AnsweredDocument[],
): AnsweredDocument[] {
  if (!reference || bodies.length === 1) return [...bodies];
  const { number, year, position } = reference;
  const named = bodies.filter((body) => {
    return (
      body.number !== null && sameNumber(body.number, number) && (body.year === null || body.year === Number(year))
    );
  });
  const atPlace = position === undefined ? undefined : bodies[position - 1];
  const placed = (named.length > 0 ? named : bodies).filter((body) => body === atPlace);
  return placed.length > 0 ? placed : named;
}
