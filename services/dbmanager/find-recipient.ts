// dbmanager: the rule by which the customer is found that a document is for. Pure.
import { HubError } from '@staffetta/flow/errors.ts';
import { recipientKeys, type AskedRecipient, type RecipientKey, type RecipientRow } from './recipients.ts';

/** Whom a document is for, and what decided it. */
export interface FoundRecipient {
  readonly customerId: number;
  readonly matchedBy: RecipientKey;
}

function inOneSpelling(key: RecipientKey, text: string): string {
  const trimmed = text.trim();
  if (key === 'pec') return trimmed.toLowerCase();
  const code = trimmed.toUpperCase();
  // Eleven digits alone are Italian, as in a profile.
  return key === 'vatNumber' && /^\d{11}$/.test(code) ? `IT${code}` : code;
}

/**
 * Brings what is asked for into one spelling.
 * @param asked as it was given; empty texts count as left out
 */
export function readAsked(asked: { readonly [K in RecipientKey]?: string | undefined }): AskedRecipient {
  const given = recipientKeys.map((key) => [key, inOneSpelling(key, asked[key] ?? '')] as const);
  return Object.fromEntries(given.filter(([, text]) => text !== ''));
}

function sayAsked(asked: AskedRecipient): string {
  return recipientKeys.flatMap((key) => (asked[key] === undefined ? [] : [`${key} ${asked[key]}`])).join(', ');
}

function refuse(asked: AskedRecipient, left: ReadonlySet<number>, by: RecipientKey): never {
  const names = [...left].join(', ');
  const words = `${by} ${asked[by]} is that of customers ${names}, and nothing else tells them apart.`;
  throw new HubError('RECIPIENT_AMBIGUOUS', words);
}

/**
 * Picks the customer: by VAT number first, then tax code, recipient code, PEC. Where several have the same, what comes after tells them
 * apart as far as it can.
 * @param asked in one spelling (see `readAsked`)
 * @param rows who has any of it (see `findRecipients`)
 * @throws HubError RECIPIENT_UNKNOWN where nobody has any of it; RECIPIENT_AMBIGUOUS with the customers' ids
 */
export function pickRecipient(asked: AskedRecipient, rows: readonly RecipientRow[]): FoundRecipient {
  let left: ReadonlySet<number> | undefined;
  let by: RecipientKey = 'vatNumber';
  for (const key of recipientKeys) {
    const having = new Set(rows.filter((row) => row.key === key).map(({ customerId }) => customerId));
    const both = left === undefined ? having : left.intersection(having);
    if (both.size === 0) continue;
    if (both.size === 1) return { customerId: [...both][0]!, matchedBy: key };
    if (left === undefined) by = key;
    left = both;
  }
  if (left) return refuse(asked, left, by);
  throw new HubError('RECIPIENT_UNKNOWN', `No customer has ${sayAsked(asked) || 'any address'}.`);
}
