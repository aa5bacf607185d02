// dbmanager: a public body accepts or refuses an invoice that SdI brought: the answer (EC) is written, kept, and goes to SdI by mail.
import { noticeFileName } from '@staffetta/fatturapa/notices/notice-name.ts';
import { writeNotice } from '@staffetta/fatturapa/notices/write-notice.ts';
import { HubError } from '@staffetta/flow/errors.ts';
import type { EncodedEvent } from '@staffetta/flow/events.ts';
import { mayAnswer, type AnswerOutcome, type ReceivedDetail } from '@staffetta/flow/received-details.ts';
import { toRomeWallTime } from '@staffetta/platform/clock.ts';
import { uuidv7 } from '@staffetta/platform/ids.ts';
import type { Tx } from '@staffetta/platform/store/store.ts';
import { hash } from 'node:crypto';
import { answeredDocuments, type AnsweredDocument } from './answered-documents.ts';
import { noteAct } from './audit.ts';
import type { Act } from './change-customers.ts';
import { holdTarget, type Target } from './change-invoices.ts';
import { insertContents } from './contents.ts';
import { mailboxOf } from './fiscal-profiles.ts';
import { outgoingSignedEvent, type Cause } from './invoice-events.ts';
import { readInvoices } from './invoice-views.ts';
import type { InvoiceState } from './invoices.ts';
import { insertAnswer } from './received-answers.ts';
import { keepReceivedNotices } from './received-notices.ts';
import { standingOf, type KnownReceived } from './received-standing.ts';
import { knownReceived, refreshReceived } from './refresh-received.ts';
import { insertTransmissions } from './transmissions.ts';

/** One invoice of a lot. */
export interface LotReference {
  readonly number: string;
  readonly year: string;
  /** Its place in the lot, from 1. */
  readonly position?: number | undefined;
}

/** What somebody answers. */
export interface AnswerWish {
  readonly outcome: AnswerOutcome;
  /** Why; at most 255 characters of XML. */
  readonly description?: string | undefined;
  /** All invoices of the file where it is left out. */
  readonly invoice?: LotReference | undefined;
}

/** An answer that goes out. */
export interface WrittenAnswer {
  readonly fileName: string;
  readonly transmissionId: string;
  readonly events: readonly EncodedEvent[];
}

/** Past this many names something else is wrong than that a name was used. */
const namesTried = 100;

function impossible(state: InvoiceState, why: string): HubError {
  return new HubError('ANSWER_NOT_POSSIBLE', `Invoice ${state.invoiceNumber} takes no answer: ${why}.`);
}

async function insistOnAnswerable(tx: Tx, state: InvoiceState): Promise<KnownReceived> {
  if (state.kind !== 'external') throw impossible(state, 'it was issued here, not received');
  const known = await knownReceived(tx, state);
  if (!known) throw impossible(state, "it did not come by SdI (SdI's notice MT is missing)");
  const { format } = known.file;
  if (known.isOwn) throw impossible(state, 'it is a document that its receiver sent itself');
  if (format !== 'FPA12') {
    throw impossible(state, `it is ${format ?? 'of no known format'}; between private parties SdI takes no answers`);
  }
  return known;
}

function isNamed(body: AnsweredDocument, place: number, { number, year, position }: LotReference): boolean {
  const isNumber = body.number?.trim().toUpperCase() === number.trim().toUpperCase();
  const isYear = body.year === null || body.year === Number(year);
  return isNumber && isYear && (position === undefined || position === place);
}

/** All of them where the answer names none; an answer must not hit another invoice of the lot than the one that is meant. */
function insistOnMeant(
  { invoiceNumber }: InvoiceState,
  { invoice }: AnswerWish,
  bodies: readonly AnsweredDocument[],
): readonly AnsweredDocument[] {
  if (!invoice) return bodies;
  const meant = bodies.filter((body, index) => isNamed(body, index + 1, invoice));
  if (meant.length === 1) return meant;
  const named = `${invoice.number} of ${invoice.year}`;
  const why =
    meant.length === 0 ? `has no document ${named}` : `has several documents ${named}; say which by posizione`;
  throw new HubError('BODY_NOT_VALID', `body/documento: invoice ${invoiceNumber} ${why}.`);
}

function insistOnOpen(state: InvoiceState, known: KnownReceived, details: readonly ReceivedDetail[]): void {
  const closed = details.find((detail) => !mayAnswer(detail));
  if (closed === undefined) return;
  const { invoiceNumber } = state;
  if (closed === 'DEADLINE_PASSED') {
    const { answerBy } = known.file;
    const until = answerBy ? ` (until ${toRomeWallTime(answerBy).slice(0, 16).replace('T', ' ')})` : '';
    throw new HubError('ANSWER_TOO_LATE', `The 15 days to answer invoice ${invoiceNumber} are over${until}.`);
  }
  const last = known.answers.at(-1);
  const given = last ? ` on ${toRomeWallTime(last.createdAt).slice(0, 10)}: ${last.outcome}` : '';
  throw new HubError('ANSWER_GIVEN', `An answer to invoice ${invoiceNumber} stands already${given}.`);
}

/** As the document writes it, whatever the case of what was asked. */
function referenceOf({ invoice }: AnswerWish, meant: readonly AnsweredDocument[]) {
  if (!invoice) return undefined;
  const [body] = meant;
  const { number, year, position } = invoice;
  const place = position !== undefined && { PosizioneFattura: String(position) };
  return { NumeroFattura: body?.number ?? number, AnnoFattura: String(body?.year ?? year), ...place };
}

function writeAnswer(
  known: KnownReceived,
  wish: AnswerWish,
  meant: readonly AnsweredDocument[],
  messageId: string,
): Buffer {
  const reference = referenceOf(wish, meant);
  return writeNotice({
    family: 'PA',
    kind: 'EC',
    object: {
      IdentificativoSdI: known.file.sdiId,
      ...(reference && { RiferimentoFattura: reference }),
      Esito: wish.outcome,
      ...(wish.description !== undefined && { Descrizione: wish.description }),
      MessageIdCommittente: messageId,
    },
  });
}

/** The file's name has the number of the answer; one that is used already (by another program, say) is passed over. */
async function insertFile(tx: Tx, known: KnownReceived, mailbox: string | null, contentId: string, at: Date) {
  const { invoiceId, fileName: received } = known.file;
  const transmissionId = uuidv7();
  const transmitter = received.split('_')[0] ?? received;
  const first = known.answers.length + 1;
  for (let counter = first; counter < first + namesTried; counter++) {
    const fileName = noticeFileName(received, 'EC', counter);
    const row = { transmissionId, invoiceId, transmitter, fileName, contentId, signAs: null, mailbox };
    if (!(await insertTransmissions(tx, [row], at)).has(transmissionId)) continue;
    return { transmissionId, fileName };
  }
  throw new HubError('ANSWER_NOT_POSSIBLE', `The file names of answers to ${received} are used up.`);
}

/** At most 14 characters, and never twice for an invoice: SdI's discard names the answer by it. */
function messageIdOf({ invoiceNumber }: InvoiceState, counter: number): string {
  return `${invoiceNumber}.${counter}`.slice(-14);
}

interface Written {
  readonly bytes: Buffer;
  readonly sha256: Buffer;
  readonly messageId: string;
  readonly counter: number;
  readonly transmissionId: string;
  readonly fileName: string;
  /** From which it goes out; null for the main one. */
  readonly mailbox: string | null;
}

async function keepFile(
  tx: Tx,
  state: InvoiceState,
  known: KnownReceived,
  { wish, meant }: { readonly wish: AnswerWish; readonly meant: readonly AnsweredDocument[] },
  at: Date,
): Promise<Written> {
  const counter = (known.answers.at(-1)?.counter ?? 0) + 1;
  const messageId = messageIdOf(state, counter);
  const bytes = writeAnswer(known, wish, meant, messageId);
  const sha256 = hash('sha256', bytes, 'buffer');
  const contentId = uuidv7();
  await insertContents(tx, [{ contentId, bytes, sha256 }]);
  // SdI takes an answer only from the mailbox that it brought the invoice to; where that is not known, the customer's own is the likeliest.
  const mailbox = known.file.mailbox ?? (await mailboxOf(tx, state.customerId));
  const file = await insertFile(tx, known, mailbox, contentId, at);
  return { bytes, sha256, messageId, counter, mailbox, ...file };
}

async function keepAnswer(
  tx: Tx,
  { invoiceId }: InvoiceState,
  known: KnownReceived,
  written: Written,
  about: { readonly wish: AnswerWish; readonly position: number | null; readonly act: Act },
): Promise<void> {
  const { wish, position, act } = about;
  const { bytes, sha256, messageId, counter, transmissionId, fileName } = written;
  const { sdiId } = known.file;
  const notice = {
    noticeId: uuidv7(),
    invoiceId,
    transmissionId,
    kind: 'EC',
    sdiId,
    messageId,
    sha256,
    bytes,
  } as const;
  const origin = { givenName: fileName, fileName: null, source: 'hub', createdBy: act.by } as const;
  await keepReceivedNotices(tx, [{ ...notice, ...origin }], act.at);
  const description = wish.description ?? null;
  const said = { outcome: wish.outcome, description, messageId, createdAt: act.at, createdBy: act.by };
  await insertAnswer(tx, { transmissionId, invoiceId, counter, position, ...said });
}

async function send(
  tx: Tx,
  { file: { invoiceId } }: KnownReceived,
  written: Written,
  cause: Cause,
): Promise<EncodedEvent[]> {
  const view = (await readInvoices(tx, [invoiceId])).get(invoiceId);
  const { transmissionId, fileName, mailbox, bytes } = written;
  const file = { transmissionId, fileName, sha256: written.sha256.toString('hex'), mailbox, bytes };
  return view ? [outgoingSignedEvent(view, file, cause)] : [];
}

/**
 * Answers a received invoice.
 * @param tx the transaction
 * @param target which one, and for whom
 * @param wish the answer; its texts were checked
 * @param act who and when
 * @param cause the request
 * @returns what was written, and what to publish
 * @throws HubError INVOICE_UNKNOWN; ANSWER_NOT_POSSIBLE, ANSWER_GIVEN, ANSWER_TOO_LATE with the reason; BODY_NOT_VALID for an invoice that
 *   the lot has not
 */
export async function answerInvoice(
  tx: Tx,
  target: Target,
  wish: AnswerWish,
  act: Act,
  cause: Cause,
): Promise<WrittenAnswer> {
  const state = await holdTarget(tx, target);
  const known = await insistOnAnswerable(tx, state);
  const bodies = await answeredDocuments(tx, [state.invoiceId]);
  const meant = insistOnMeant(state, wish, bodies);
  const standing = standingOf(
    known,
    bodies.map(({ position }) => position),
    act.at,
  );
  const details = meant.flatMap(({ position }) => standing.bodies.get(position) ?? []);
  insistOnOpen(state, known, details.length > 0 ? details : [standing.detail]);
  const written = await keepFile(tx, state, known, { wish, meant }, act.at);
  const position = meant.length < bodies.length ? (meant[0]?.position ?? null) : null;
  await keepAnswer(tx, state, known, written, { wish, position, act });
  const { transmissionId, fileName } = written;
  const facts = { outcome: wish.outcome, fileName, position };
  const subject = `invoice ${state.invoiceNumber}`;
  await noteAct(tx, { ...act, action: 'invoice.answer', subject, reason: wish.description, details: facts });
  const news = { event: 'answered', by: act.by, cause, reason: wish.description } as const;
  const told = await refreshReceived(tx, state, news, act.at);
  return { transmissionId, fileName, events: [...told, ...(await send(tx, known, written, cause))] };
}
