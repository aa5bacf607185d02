// dbmanager: what a notice does to the files of an archive: to the one that it names, or to all of them. Pure.
import { caseOf } from '@staffetta/fatturapa/notices/notice-words.ts';
import { fileStem } from '@staffetta/fatturapa/notices/notice-name.ts';
import {
  followNews,
  newsOf,
  noticeNews,
  type NewsAnswer,
  type NoticeNews,
  type Standing,
} from '@staffetta/flow/invoice-details.ts';
import type { InvoiceStatus } from '@staffetta/flow/statuses.ts';
import type { AnsweredDocument, PartStatus } from './answered-documents.ts';
import { namedFile } from './arrived-notices.ts';
import type { MatchedNotice } from './match-notices.ts';
import { meantBy } from './meant-documents.ts';

/** What became of an archive's bodies. */
export interface PartsTold {
  /** All of them, as they stand now. */
  readonly bodies: readonly AnsweredDocument[];
  /** Those that changed. */
  readonly changed: readonly AnsweredDocument[];
  /** What the notice tells, as it counts here. */
  readonly news: NoticeNews;
  /** It contradicts what is known of its file. */
  readonly isRefused: boolean;
  /** Its file is one of the archive's. */
  readonly isFileKnown: boolean;
  /** It fits no file of the archive, or no invoice of its file. */
  readonly isLost: boolean;
}

/**
 * Says where a file of an archive stands by one of its bodies.
 * @param body one of them
 */
export function partStanding({ status, detail }: Pick<AnsweredDocument, 'status' | 'detail'>): Standing {
  return { status: status ?? 'INTERNAL_INVOICE_SENT', detail };
}

const decided: readonly InvoiceStatus[] = [
  'INTERNAL_INVOICE_DELIVERED',
  'INTERNAL_INVOICE_DISCARDED',
  'INTERNAL_INVOICE_NOT_DELIVERED',
] satisfies PartStatus[];

/**
 * Notes where a body stands.
 * @param body as it was
 * @param standing as it is now
 */
export function withStanding(body: AnsweredDocument, { status, detail }: Standing): AnsweredDocument {
  return { ...body, detail, status: decided.includes(status) ? (status as PartStatus) : null };
}

/** A receipt for a file that was discarded asks for a decision about it. */
function follow(standing: Standing, { event, detail }: Pick<NoticeNews, 'event' | 'detail'>): NewsAnswer {
  const answer = followNews(standing, event, detail);
  return answer.kind === 'refused' ? followNews(standing, 'contradicted', 'DECISION_NEEDED') : answer;
}

/** An answer about one invoice of a file implies that the file was delivered, and so its other invoices. */
const implied = { event: 'delivered', detail: 'DELIVERED_TO_RECIPIENT' } as const;

interface Plan {
  readonly news: NoticeNews;
  readonly isFileKnown: boolean;
  /** The file's bodies. */
  readonly inFile: readonly AnsweredDocument[];
  /** Of these, those that the notice is about. */
  readonly meant: readonly AnsweredDocument[];
}

function sameFile(name: string | undefined, { part }: AnsweredDocument): boolean {
  return name !== undefined && part !== null && fileStem(part) === fileStem(name);
}

/** A discard of a file that we cannot find may be that of any whose outcome is open: somebody has to look. */
function planOfStray(news: NoticeNews, bodies: readonly AnsweredDocument[]): Plan {
  const open =
    news.event === 'discarded' || news.event === 'noticed' ? bodies.filter((one) => one.status === null) : [];
  return { news: noticeNews['NS-repeated'], isFileKnown: false, inFile: open, meant: open };
}

function planOf(one: MatchedNotice, news: NoticeNews, bodies: readonly AnsweredDocument[]): Plan {
  const name = namedFile(one.notice);
  const inFile = one.isPart ? bodies.filter((body) => sameFile(name, body)) : bodies;
  if (inFile.length === 0) return planOfStray(news, bodies);
  const reference = 'invoice' in one.notice ? one.notice.invoice : undefined;
  return { news, isFileKnown: true, inFile, meant: news.isAnswer ? meantBy(reference, inFile) : inFile };
}

function isSame(a: AnsweredDocument, b: AnsweredDocument): boolean {
  return a.detail === b.detail && a.status === b.status;
}

/**
 * Tells an archive's files what a notice says.
 * @param one the notice
 * @param bodies all bodies of the archive
 * @returns undefined for a notice that tells nothing of a file that was sent
 */
export function tellParts(one: MatchedNotice, bodies: readonly AnsweredDocument[]): PartsTold | undefined {
  const told = newsOf(caseOf(one.notice));
  if (!told) return undefined;
  const { news, isFileKnown, inFile, meant } = planOf(one, told, bodies);
  const now = bodies.map((body) => {
    if (!inFile.includes(body)) return body;
    return withStanding(body, follow(partStanding(body), meant.includes(body) ? news : implied));
  });
  return {
    bodies: now,
    changed: now.filter((body, index) => !isSame(body, bodies[index]!)),
    news,
    isFileKnown,
    isRefused: meant.some((body) => followNews(partStanding(body), news.event, news.detail).kind === 'refused'),
    isLost: meant.length === 0,
  };
}
