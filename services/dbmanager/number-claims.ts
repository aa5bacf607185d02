// dbmanager: which document numbers a file would use up; SdI takes each once per supplier, year and kind (00404). Pure.
import type { Judgement } from '@staffetta/fatturapa/check-aside.ts';
import type { Envelope, EnvelopeBody } from '@staffetta/fatturapa/envelope.ts';
import { partyId, readDate, readNumber } from './document-rows.ts';

/** A credit note may share its number with an invoice. */
export type NumberFamily = 'invoice' | 'creditNote';

/** One document number that a file uses. */
export interface NumberClaim {
  /** The parts in one text: claims for the same number have the same key. */
  readonly key: string;
  readonly supplier: string;
  /** Of the document's date. */
  readonly year: number;
  readonly number: string;
  readonly family: NumberFamily;
  /** `YYYY-MM-DD` */
  readonly issuedOn: string;
  /** The place of the body in its document, from 1. */
  readonly bodyIndex: number;
  /** The file of an archive that holds it. */
  readonly file: string | undefined;
}

const creditNotes = new Set(['TD04', 'TD08']);

/**
 * Tells claims for the same number by one text.
 * @param parts of a claim, or of a row of the store
 */
export function claimKey(parts: Pick<NumberClaim, 'supplier' | 'year' | 'number' | 'family'>): string {
  return JSON.stringify([parts.supplier, parts.year, parts.number, parts.family]);
}

function claimOf(
  envelope: Envelope,
  body: EnvelopeBody,
  bodyIndex: number,
  file: string | undefined,
): NumberClaim | undefined {
  const supplier = partyId(envelope.supplier);
  const issuedOn = readDate(body.data);
  const number = readNumber(body);
  if (supplier === null || issuedOn === null || number === null) return undefined;
  const family = creditNotes.has(body.tipoDocumento ?? '') ? 'creditNote' : 'invoice';
  const parts = { supplier, year: Number(issuedOn.slice(0, 4)), number, family } as const;
  return { key: claimKey(parts), ...parts, issuedOn, bodyIndex, file };
}

/**
 * Lists the numbers that a file uses, each once (a number twice in one file is another check's: 00409).
 * @param documents what could be read of each document
 */
export function claimsOf(documents: Judgement['documents']): NumberClaim[] {
  const claims = documents.flatMap(({ envelope, name }) =>
    (envelope?.bodies ?? []).flatMap((body, index) => claimOf(envelope!, body, index + 1, name) ?? []),
  );
  const firsts = new Map<string, NumberClaim>();
  for (const claim of claims) if (!firsts.has(claim.key)) firsts.set(claim.key, claim);
  return [...firsts.values()];
}
