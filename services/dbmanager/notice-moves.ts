// dbmanager: what notices do to the invoices of the file that they are about, and to each body of a lot. Pure.
import { caseOf } from '@staffetta/fatturapa/notices/notice-words.ts';
import type { InvoiceReference, Notice } from '@staffetta/fatturapa/notices/notice.ts';
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
  /** Notices that contradict what is known: kept; at most a decision is asked for. */
  readonly refused: readonly MatchedNotice[];
  /** Answers that fit no body of their lot: told, for somebody has to look. */
  readonly unplaced: readonly MatchedNotice[];
}

/** SdI's codes for a file name and for an invoice that it knows already. */
const sentBeforeCodes: readonly string[] = ['00002', '00404'];

function saysSentBefore(notice: Notice): boolean {
  return notice.kind === 'NS' && notice.errors.some(({ code }) => sentBeforeCodes.includes(code));
}

/**
 * Finds what a notice tells. A discard that says "sent before" among other things counts as that alone: nothing is known of the first copy,
 * or it was taken. A file inside an archive that was discarded does not discard the archive's other files: somebody has to look.
 * @param one the notice
 */
export function newsOfNotice({ notice, isPart }: MatchedNotice): NoticeNews | undefined {
  const news = newsOf(caseOf(notice));
  const isDoubtful = isPart || saysSentBefore(notice);
  return isDoubtful && news?.event === 'discarded' ? noticeNews['NS-repeated'] : news;
}

function sameNumber(a: string, b: string): boolean {
  return a.trim().toUpperCase() === b.trim().toUpperCase();
}

/**
 * The bodies that an answer is about: all of them where it names none or there is but one; its place in the lot decides between equals,
 * and where no number fits.
 */
function meantBy(reference: InvoiceReference | undefined, bodies: readonly AnsweredDocument[]): AnsweredDocument[] {
  if (!reference || bodies.length === 1) return [...bodies];
  const { number, year, position } = reference;
  const named = bodies.filter((body) => {
    return (
      body.number !== null && sameNumber(body.number, number) && (body.year === null || body.year === Number(year))
    );
  });
  const placed = (named.length > 0 ? named : bodies).filter((body) => body.position === position);
  return placed.length > 0 ? placed : named;
}

const fitsNone: Finding = {
  code: 'ANSWER_FITS_NO_INVOICE',
  severity: 'warning',
  message: {
    it: 'È arrivata una notifica di esito o di decorrenza termini per una fattura che in questo file non c’è: numero, anno e posizione non corrispondono ad alcun documento del lotto.',
    en: 'An answer, or word that its deadline passed, came for an invoice that is not in this file: number, year and position fit no document of the lot.',
  },
  fix: {
    it: 'Leggere la notifica tra quelle di questa fattura e chiarire con l’ente a quale documento si riferisce.',
    en: 'Read the notice among those of this invoice and settle with the public body which document it is about.',
  },
};

function reasonOf({ notice }: MatchedNotice): string | undefined {
  const description = 'description' in notice ? notice.description : undefined;
  if (description === undefined || description.trim() === '') return undefined;
  return storableText(description, 2000);
}

function principalOf({ event }: MatchedNotice): string {
  const by = event.message.createdBy ?? 'receiver';
  return isStorable(by, 200) ? by : 'receiver';
}

/** What an answer does; `isLost` where it fits no body. */
interface AnswerPlan {
  readonly detail: InvoiceDetail;
  readonly refines: boolean;
  readonly isLost: boolean;
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
  readonly unplaced: MatchedNotice[] = [];

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
    if (followNews(standing, news.event, news.detail).kind === 'refused') return this.#refuse(one, invoiceId, standing);
    const plain: AnswerPlan = { detail: news.detail, refines: false, isLost: false };
    const { detail, refines, isLost } = news.isAnswer ? this.#answer(one, invoiceId, news.detail) : plain;
    const answer = followNews(standing, news.event, detail);
    if (answer.kind !== 'moved' && answer.kind !== 'refined' && !refines) return;
    const { status } = answer;
    this.#standings.set(invoiceId, { status, detail: answer.detail });
    const told = { ...news, detail, asks: news.asks || isLost };
    const move = this.#moveOf(one, invoiceId, told, refines);
    this.moves.push(isLost ? { ...move, findings: this.#with(invoiceId, [fitsNone]) } : move);
    if (isLost) this.unplaced.push(one);
  }

  /** A receipt for what was discarded: the first copy may have been taken after all. */
  #refuse(one: MatchedNotice, invoiceId: string, standing: Standing): void {
    this.refused.push(one);
    const answer = followNews(standing, 'contradicted', 'DECISION_NEEDED');
    if (answer.kind !== 'refined') return;
    this.#standings.set(invoiceId, { status: answer.status, detail: answer.detail });
    const news = { event: 'contradicted', detail: 'DECISION_NEEDED', asks: true, isAnswer: false } as const;
    this.moves.push(this.#moveOf(one, invoiceId, news, false));
  }

  changedDocuments(): AnsweredDocument[] {
    return [...this.#bodies.values()].flat().filter((body) => this.#changed.has(placeOf(body)));
  }

  /** An answer is the invoice's own where it holds for all its bodies. */
  #answer(one: MatchedNotice, invoiceId: string, detail: InvoiceDetail): AnswerPlan {
    const bodies = this.#bodies.get(invoiceId) ?? [];
    const reference = 'invoice' in one.notice ? one.notice.invoice : undefined;
    const named = meantBy(reference, bodies);
    const isLost = reference !== undefined && named.length === 0;
    const meant = named.filter((body) => mayFollow(body.detail, detail));
    for (const body of meant) this.#changed.add(placeOf(body));
    const now = bodies.map((body) => (meant.includes(body) ? { ...body, detail } : body));
    this.#bodies.set(invoiceId, now);
    const isForAll = now.length === 0 ? reference === undefined : now.every((body) => body.detail === detail);
    return { detail: isForAll ? detail : 'DELIVERED_TO_RECIPIENT', refines: isLost || meant.length > 0, isLost };
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
    const findings = this.#with(invoiceId, errors);
    if (holds) this.findings.set(invoiceId, findings);
    return findings;
  }

  #with(invoiceId: string, more: readonly Finding[]): Finding[] {
    const known = this.findings.get(invoiceId) ?? this.#known.get(invoiceId) ?? [];
    return boundFindings([...more, ...known], this.#findingsMax);
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
  const { moves, findings, refused, unplaced } = planner;
  return { moves, findings, refused, unplaced, documents: planner.changedDocuments() };
}
