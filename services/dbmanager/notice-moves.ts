// dbmanager: what notices do to the invoices of the file that they are about, and to each body of a lot. Pure.
import { caseOf } from '@staffetta/fatturapa/notices/notice-words.ts';
import { boundFindings } from '@staffetta/fatturapa/bound-findings.ts';
import { followParts } from '@staffetta/flow/archive-parts.ts';
import {
  followNews,
  mayFollow,
  newsOf,
  type NewsAnswer,
  type InvoiceDetail,
  type NoticeNews,
  type Standing,
} from '@staffetta/flow/invoice-details.ts';
import type { Finding } from '@staffetta/flow/messages.ts';
import type { AnsweredDocument } from './answered-documents.ts';
import { namedFile } from './arrived-notices.ts';
import { certifiedInstant } from './certified-instant.ts';
import { discardFindings } from './discard-findings.ts';
import type { InvoiceState } from './invoices.ts';
import type { MatchedNotice } from './match-notices.ts';
import { meantBy } from './meant-documents.ts';
import { causeOf } from './on-incoming-invoice.ts';
import { partStanding, tellParts, type PartsTold } from './part-news.ts';
import { isStorable, storableText } from '@staffetta/platform/store/storable-text.ts';
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
  /** The findings of invoices that SdI discarded, or a file of whose archive. */
  readonly findings: ReadonlyMap<string, readonly Finding[]>;
  /** Bodies in files of an archive that SdI discarded: never issued, so that their numbers are free again. */
  readonly discarded: readonly AnsweredDocument[];
  /** Bodies in files whose discard a receipt contradicts: they may be issued after all, under their numbers. */
  readonly contradicted: readonly AnsweredDocument[];
  /** Notices that contradict what is known: kept; at most a decision is asked for. */
  readonly refused: readonly MatchedNotice[];
  /** Answers that fit no body of their lot: told, for somebody has to look. */
  readonly unplaced: readonly MatchedNotice[];
  /** Invoice id → the earlier file of it that counts after all, and that the invoice shows from now on. */
  readonly pointed: ReadonlyMap<string, string>;
}

/** A notice with the invoices that were sent in its file. */
export interface PlacedNotice {
  readonly one: MatchedNotice;
  /** Those of which it is the latest file. */
  readonly latestOf: readonly string[];
  /** Those of which another file was sent since. */
  readonly earlierOf: readonly string[];
}

/**
 * Finds what a notice tells of a file. A discard that says "sent before", alone or among other things, counts as that alone: nothing is
 * known of the first copy, or it was taken.
 * @param one the notice
 */
export function newsOfNotice({ notice }: Pick<MatchedNotice, 'notice'>): NoticeNews | undefined {
  return newsOf(caseOf(notice));
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

const fitsNoFile: Finding = {
  code: 'NOTICE_FITS_NO_FILE',
  severity: 'warning',
  message: {
    it: 'È arrivata una notifica per un file che in questo archivio non si trova, o che non si può riconoscere.',
    en: 'A notice came for a file that is not in this archive, or that cannot be told from the others.',
  },
  fix: {
    it: 'Leggere la notifica tra quelle di questa fattura e cercare il file nel portale Fatture e Corrispettivi.',
    en: 'Read the notice among those of this invoice and look the file up on the portal Fatture e Corrispettivi.',
  },
};

function earlierTaken(name: string): Finding {
  return {
    code: 'EARLIER_FILE_TAKEN',
    severity: 'warning',
    message: {
      it: `SdI dice di avere il file ${name}, inviato prima di quello più recente: la fattura potrebbe risultare emessa con quello.`,
      en: `SdI says that it has the file ${name}, which was sent before the latest one: the invoice may count as issued by it.`,
    },
    fix: {
      it: `Cercare ${name} nel portale Fatture e Corrispettivi, poi dire se risulta accettato (npm run staffetta -- decide, oppure POST /api/invoices/{n}/decisione). Se sì, vale il contenuto di quel file: una differenza si corregge con una nota di variazione.`,
      en: `Look ${name} up on the portal Fatture e Corrispettivi, then say whether it was taken (npm run staffetta -- decide, or POST /api/invoices/{n}/decisione). If so, what that file says holds: a difference is put right by a credit or debit note.`,
    },
  };
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
  readonly pointed = new Map<string, string>();

  constructor({ states, documents, findings, findingsMax }: KnownInvoices) {
    this.#standings = new Map(states.map(({ invoiceId, status, detail }) => [invoiceId, { status, detail }]));
    this.#bodies = Map.groupBy(documents, ({ invoiceId }) => invoiceId);
    this.#known = findings;
    this.#findingsMax = findingsMax;
  }

  take(one: MatchedNotice, invoiceId: string): void {
    if (one.isPart || this.#bodies.get(invoiceId)?.some(({ part }) => part !== null)) {
      return this.#takePart(one, invoiceId);
    }
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

  /**
   * About a file of which another one was sent since. That it was discarded says nothing of the latest; that it was taken does: then the
   * invoice is issued by it, and somebody has to say so, or has said so already.
   */
  takeEarlier(one: MatchedNotice, invoiceId: string): void {
    if (this.pointed.get(invoiceId) === one.file?.transmissionId) return this.take(one, invoiceId);
    const news = newsOfNotice(one);
    const standing = this.#standings.get(invoiceId);
    const isInParts = one.isPart || this.#bodies.get(invoiceId)?.some(({ part }) => part !== null);
    if (!one.file || !standing || isInParts || (news?.event !== 'delivered' && news?.event !== 'notDelivered')) return;
    if (standing.detail === 'TAKEN_EARLIER') {
      this.pointed.set(invoiceId, one.file.transmissionId);
      return this.take(one, invoiceId);
    }
    const event = standing.status === 'INTERNAL_INVOICE_DISCARDED' ? 'contradicted' : 'noticed';
    const answer = followNews(standing, event, 'DECISION_NEEDED');
    if (answer.kind !== 'refined') return;
    this.#standings.set(invoiceId, { status: answer.status, detail: answer.detail });
    const told = { event, detail: 'DECISION_NEEDED', asks: true, isAnswer: false } as const;
    const findings = this.#with(invoiceId, [earlierTaken(one.file.fileName)]);
    this.moves.push({ ...this.#moveOf(one, invoiceId, told, false), findings });
  }

  /** About a file of an archive, or about an archive of which the files are known: the archive stands where its files stand. */
  #takePart(one: MatchedNotice, invoiceId: string): void {
    const standing = this.#standings.get(invoiceId);
    const told = tellParts(one, this.#bodies.get(invoiceId) ?? []);
    if (!standing || !told) return;
    const { bodies, changed, isRefused, isLost } = told;
    if (isRefused) this.refused.push(one);
    if (isLost) this.unplaced.push(one);
    if (changed.length === 0 && !isLost) return;
    this.#bodies.set(invoiceId, [...bodies]);
    for (const body of changed) this.#changed.add(placeOf(body));
    const parts = bodies.map(partStanding);
    const leads = (now: Standing): NewsAnswer =>
      parts.length === 0 ? { ...now, kind: 'repeated' } : followParts(now, parts);
    const { status, detail } = leads(standing);
    this.#standings.set(invoiceId, { status, detail });
    this.moves.push(this.#partMove(one, invoiceId, told, leads));
  }

  #partMove(one: MatchedNotice, invoiceId: string, told: PartsTold, leads: NoticeMove['leads']): NoticeMove {
    const { news, changed, isRefused, isLost } = told;
    const asks = isLost || changed.some(({ detail }) => detail === 'DECISION_NEEDED' || detail === 'DISCARDED_BY_SDI');
    const event = isRefused ? 'contradicted' : news.event;
    const move = this.#moveOf(one, invoiceId, { ...news, event, asks }, true);
    const stray = one.isPart && !told.isFileKnown ? fitsNoFile : fitsNone;
    const lost = isLost ? { findings: this.#with(invoiceId, [stray]) } : {};
    return { ...move, ...lost, leads };
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

  discardedDocuments(): AnsweredDocument[] {
    return this.changedDocuments().filter(({ detail }) => detail === 'DISCARDED_BY_SDI');
  }

  contradictedDocuments(): AnsweredDocument[] {
    const isDoubtful = ({ status, detail }: AnsweredDocument): boolean =>
      status === 'INTERNAL_INVOICE_DISCARDED' && detail === 'DECISION_NEEDED';
    return this.changedDocuments().filter(isDoubtful);
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
      // A hub that was down reads SdI's mail later than it was certified.
      countsFrom: certifiedInstant(one.event.message.certifiedAt) ?? undefined,
      by: principalOf(one),
      reason: reasonOf(one),
      cause,
      answerAlways: false,
      asks: news.asks,
    };
  }

  #findingsOf({ notice, isPart }: MatchedNotice, invoiceId: string, news: NoticeNews): readonly Finding[] | undefined {
    if (notice.kind !== 'NS') return undefined;
    const holds = news.event === 'discarded';
    const file = isPart ? namedFile(notice) : undefined;
    const errors = discardFindings(notice.errors, holds ? 'error' : 'warning', file);
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
 * @param notices each with the invoices of its file
 * @param known those invoices
 */
export function planNotices(notices: readonly PlacedNotice[], known: KnownInvoices): NoticePlan {
  const planner = new Planner(known);
  for (const { one, latestOf, earlierOf } of notices) {
    for (const invoiceId of latestOf) planner.take(one, invoiceId);
    for (const invoiceId of earlierOf) planner.takeEarlier(one, invoiceId);
  }
  const { moves, findings, refused, unplaced, pointed } = planner;
  const [documents, discarded] = [planner.changedDocuments(), planner.discardedDocuments()];
  const contradicted = planner.contradictedDocuments();
  return { moves, findings, refused, unplaced, pointed, documents, discarded, contradicted };
}
