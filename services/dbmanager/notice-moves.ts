// dbmanager: what notices do to the invoices of the file that they are about, and to each body of a lot. Pure.
import { caseOf } from '@staffetta/fatturapa/notices/notice-words.ts';
import type { InvoiceReference } from '@staffetta/fatturapa/notices/notice.ts';
import { boundFindings } from '@staffetta/fatturapa/bound-findings.ts';
import {
  followNews,
  mayFollow,
  newsOf,
  noticeNews,
  type InvoiceDetail,
  type NoticeNews,
  type Standing,
} from '@staffetta/flow/invoice-details.ts';
import type { Finding } from '@staffetta/flow/messages.ts';
import type { AnsweredDocument } from './answered-documents.ts';
import { discardFindings } from './discard-findings.ts';
import type { InvoiceState } from './invoices.ts';
import type { MatchedNotice } from './match-notices.ts';
import { causeOf } from './on-incoming-invoice.ts';
import { isStorable, storableText } from './storable-text.ts';
import type { ToldMove } from './tell-moves.ts';

/** A move by a notice; `asks` calls the customer back whatever changed. */
export interface NoticeMove extends ToldMove {
  readonly asks: boolean;
}

/** What is known of the invoices that notices of a batch may move. */
export interface KnownInvoices {
  /** Locked. */
  readonly states: readonly InvoiceState[];
  readonly documents: readonly AnsweredDocument[];
  readonly findings: ReadonlyMap<string, readonly Finding[]>;
  readonly findingsMax: number;
}

/** What is to be done. */
export interface NoticePlan {
  readonly moves: readonly NoticeMove[];
  /** Bodies whose detail changed. */
  readonly documents: readonly AnsweredDocument[];
  /** The findings of invoices that SdI discarded. */
  readonly findings: ReadonlyMap<string, readonly Finding[]>;
  /** Notices that contradict what is known: kept, and nothing moves. */
  readonly refused: readonly MatchedNotice[];
}

/**
 * Finds what a notice tells. A file inside an archive that was discarded does not discard the archive's other files: somebody has to look.
 * @param one the notice
 */
export function newsOfNotice({ notice, isPart }: MatchedNotice): NoticeNews | undefined {
  const news = newsOf(caseOf(notice));
  return isPart && news?.event === 'discarded' ? noticeNews['NS-repeated'] : news;
}

function sameNumber(a: string, b: string): boolean {
  return a.trim().toUpperCase() === b.trim().toUpperCase();
}

/** The bodies that an answer is about: all of them where it names none or there is but one; its place in the lot decides between equals. */
function meantBy(reference: InvoiceReference | undefined, bodies: readonly AnsweredDocument[]): AnsweredDocument[] {
  if (!reference || bodies.length === 1) return [...bodies];
  const { number, year, position } = reference;
  const named = bodies.filter((body) => {
    return (
      body.number !== null && sameNumber(body.number, number) && (body.year === null || body.year === Number(year))
    );
  });
  const placed = named.filter((body) => body.position === position);
  return placed.length > 0 ? placed : named;
}

function reasonOf({ notice }: MatchedNotice): string | undefined {
  const description = 'description' in notice ? notice.description : undefined;
  if (description === undefined || description.trim() === '') return undefined;
  return storableText(description, 2000);
}

function principalOf({ event }: MatchedNotice): string {
  const by = event.message.createdBy ?? 'receiver';
  return isStorable(by, 200) ? by : 'receiver';
}

/** Works through a batch, notice by notice, invoice by invoice. */
class Planner {
  readonly #findingsMax: number;
  readonly #standings: Map<string, Standing>;
  readonly #bodies: Map<string, AnsweredDocument[]>;
  readonly #known: ReadonlyMap<string, readonly Finding[]>;
  readonly #changed = new Set<string>();
  readonly moves: NoticeMove[] = [];
  readonly findings = new Map<string, readonly Finding[]>();
  readonly refused: MatchedNotice[] = [];

  constructor({ states, documents, findings, findingsMax }: KnownInvoices) {
    this.#standings = new Map(states.map(({ invoiceId, status, detail }) => [invoiceId, { status, detail }]));
    this.#bodies = Map.groupBy(documents, ({ invoiceId }) => invoiceId);
    this.#known = findings;
    this.#findingsMax = findingsMax;
  }

  take(one: MatchedNotice, invoiceId: string): void {
    const news = newsOfNotice(one);
    const standing = this.#standings.get(invoiceId);
    if (!news || !standing) return;
    if (followNews(standing, news.event, news.detail).kind === 'refused') return void this.refused.push(one);
    const { detail, refines } = news.isAnswer
      ? this.#answer(one, invoiceId, news.detail)
      : { detail: news.detail, refines: false };
    const answer = followNews(standing, news.event, detail);
    if (answer.kind !== 'moved' && answer.kind !== 'refined' && !refines) return;
    const { status } = answer;
    this.#standings.set(invoiceId, { status, detail: answer.detail });
    this.moves.push(this.#moveOf(one, invoiceId, { ...news, detail }, refines));
  }

  changedDocuments(): AnsweredDocument[] {
    return [...this.#bodies.values()].flat().filter((body) => this.#changed.has(placeOf(body)));
  }

  /** An answer is the invoice's own where it holds for all its bodies. */
  #answer(one: MatchedNotice, invoiceId: string, detail: InvoiceDetail): { detail: InvoiceDetail; refines: boolean } {
    const bodies = this.#bodies.get(invoiceId) ?? [];
    const reference = 'invoice' in one.notice ? one.notice.invoice : undefined;
    const meant = meantBy(reference, bodies).filter((body) => mayFollow(body.detail, detail));
    for (const body of meant) this.#changed.add(placeOf(body));
    const now = bodies.map((body) => (meant.includes(body) ? { ...body, detail } : body));
    this.#bodies.set(invoiceId, now);
    const isForAll = now.length === 0 ? reference === undefined : now.every((body) => body.detail === detail);
    return { detail: isForAll ? detail : 'DELIVERED_TO_RECIPIENT', refines: meant.length > 0 };
  }

  #moveOf(one: MatchedNotice, invoiceId: string, news: NoticeNews, refines: boolean): NoticeMove {
    const cause = causeOf(one.event);
    return {
      invoiceId,
      event: news.event,
      detail: news.detail,
      refines,
      findings: this.#findingsOf(one, invoiceId, news),
      causationId: one.event.eventId,
      by: principalOf(one),
      reason: reasonOf(one),
      cause,
      answerAlways: false,
      asks: news.asks,
    };
  }

  #findingsOf({ notice }: MatchedNotice, invoiceId: string, news: NoticeNews): readonly Finding[] | undefined {
    if (notice.kind !== 'NS') return undefined;
    const holds = news.event === 'discarded';
    const errors = discardFindings(notice.errors, holds ? 'error' : 'warning');
    const known = this.findings.get(invoiceId) ?? this.#known.get(invoiceId) ?? [];
    const findings: Finding[] = boundFindings([...errors, ...known], this.#findingsMax);
    if (holds) this.findings.set(invoiceId, findings);
    return findings;
  }
}

function placeOf({ invoiceId, position }: AnsweredDocument): string {
  return `${invoiceId} ${position}`;
}

/**
 * Plans what the notices of a batch do, in their order.
 * @param notices each with the invoices that its file is the latest transmission of
 * @param known those invoices
 */
export function planNotices(
  notices: readonly (readonly [MatchedNotice, readonly string[]])[],
  known: KnownInvoices,
): NoticePlan {
  const planner = new Planner(known);
  for (const [notice, invoiceIds] of notices) for (const invoiceId of invoiceIds) planner.take(notice, invoiceId);
  const { moves, findings, refused } = planner;
  return { moves, findings, refused, documents: planner.changedDocuments() };
}
