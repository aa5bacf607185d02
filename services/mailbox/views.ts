// mailbox: mails and mailboxes as they are shown. Pure.
import type { Sentence } from '@staffetta/fatturapa/finding.ts';
import type { MailRow, StateCount } from './mail-rows.ts';
import type { ThingResult } from './mails.ts';
import type { Place } from './places.ts';
import { wordsOf } from './why-words.ts';

/** A mail as it is shown. Times are ISO 8601 in UTC. */
export interface MailView {
  readonly mailId: string;
  readonly mailbox: string;
  readonly folder: string;
  readonly uidvalidity: number;
  readonly uid: number;
  readonly messageId?: string;
  readonly subject?: string;
  readonly from?: string;
  /** As the mail says. */
  readonly date?: string;
  /** As the mailbox says. */
  readonly receivedAt?: Date;
  readonly storedAt: Date;
  readonly state: MailRow['state'];
  readonly kind?: string;
  /** Why it is not simply done. */
  readonly why?: Sentence & { readonly code: string };
  /** What it is, in lines. */
  readonly words: { readonly it: readonly string[]; readonly en: readonly string[] };
  /** What came of each thing that it holds. */
  readonly results: readonly Omit<ThingResult, 'id'>[];
  /** The mail with the same bytes that came before. */
  readonly repeats?: string;
  readonly size: number;
  readonly sha256?: string;
  /** Whether its bytes are kept here. */
  readonly kept: boolean;
  readonly tries: number;
  readonly nextTryAt?: Date;
  /** When it was deleted from the mailbox. */
  readonly removedAt?: Date;
  readonly updatedAt: Date;
}

function whyOf(code: string | null): MailView['why'] {
  const words = wordsOf(code ?? undefined);
  return code === null || !words ? undefined : { code, it: words.it, en: words.en };
}

function present<T extends object>(fields: { readonly [K in keyof T]: T[K] | null | undefined }): Partial<T> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== null && value !== undefined),
  ) as Partial<T>;
}

/**
 * Shows a mail.
 * @param row as it is stored
 */
export function mailView(row: MailRow): MailView {
  const { summary, results, hasBytes, why, kind, receivedAt, repeats, sha256, nextTryAt, removedAt, ...always } = row;
  const { words = { it: [], en: [] }, subject, from, date, messageId } = summary;
  const { mailId, mailbox, folder, uidvalidity, uid, storedAt, state, size, tries, updatedAt } = always;
  return {
    mailId,
    mailbox,
    folder,
    uidvalidity,
    uid,
    ...present<Pick<MailView, 'messageId' | 'subject' | 'from' | 'date'>>({ messageId, subject, from, date }),
    ...present<Pick<MailView, 'receivedAt'>>({ receivedAt }),
    storedAt,
    state,
    ...present<Pick<MailView, 'kind' | 'why'>>({ kind, why: whyOf(why) }),
    words,
    results: results.map(({ id: _id, ...result }) => result),
    ...present<Pick<MailView, 'repeats' | 'sha256'>>({ repeats, sha256 }),
    size,
    kept: hasBytes,
    tries,
    ...present<Pick<MailView, 'nextTryAt' | 'removedAt'>>({ nextTryAt, removedAt }),
    updatedAt,
  };
}

/** A mailbox as it is shown. */
export interface MailboxView {
  readonly mailbox: string;
  readonly folder: string;
  /** Whether the settings of this instance name it. */
  readonly configured: boolean;
  readonly uidvalidity: number | null;
  readonly lastUid: number;
  readonly renumberedAt: Date | null;
  /** The last look that went well. */
  readonly lookedAt: Date | null;
  /** What is wrong right now. */
  readonly troubles: readonly (Sentence & { readonly code: string; readonly since: string })[];
  /** How many mails are in which state. */
  readonly mails: Readonly<Record<string, number>>;
  readonly quota?: { readonly used: number; readonly limit: number; readonly percent: number };
}

/**
 * Shows a mailbox.
 * @param place where its reading stands
 * @param counts of all mailboxes
 * @param configured whether the settings name it
 */
export function mailboxView(place: Place, counts: readonly StateCount[], configured: boolean): MailboxView {
  const {
    address,
    folder,
    uidvalidity,
    lastUid,
    renumberedAt,
    lookedAt,
    troubles,
    quotaUsed: used,
    quotaLimit,
  } = place;
  const mine = counts.filter(({ mailbox }) => mailbox === address);
  const full = used !== null && quotaLimit !== null && { used, limit: quotaLimit };
  return {
    mailbox: address,
    folder,
    configured,
    uidvalidity,
    lastUid,
    renumberedAt,
    lookedAt,
    troubles: Object.entries(troubles).map(([code, { since, it, en }]) => ({ code, since, it, en })),
    mails: Object.fromEntries(mine.map(({ state, count }) => [state, count])),
    ...(full && { quota: { ...full, percent: Math.floor((full.used / full.limit) * 100) } }),
  };
}
