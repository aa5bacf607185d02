// dbmanager: sends an invoice again, as it was or corrected: a new transmission, in one transaction with its outcome.
import type { DocumentFinding, Sentence } from '@staffetta/fatturapa/finding.ts';
import { HubError } from '@staffetta/flow/errors.ts';
import type { Bus } from '@staffetta/platform/bus/bus.ts';
import { uuidv7 } from '@staffetta/platform/ids.ts';
import type { Tx } from '@staffetta/platform/store/store.ts';
import { answeredDocuments, clearDocumentDetails } from './answered-documents.ts';
import { applyMoves } from './apply-moves.ts';
import { findAsked } from './asked-documents.ts';
import { noteAct } from './audit.ts';
import type { Act } from './change-customers.ts';
import { holdTarget, type Target } from './change-invoices.ts';
import type { DbmanagerOptions } from './config.ts';
import { checkCorrection } from './check-correction.ts';
import { nothingCorrected } from './corrected-document.ts';
import { mailboxOf } from './fiscal-profiles.ts';
import type { IncomingRequest } from './incoming-request.ts';
import type { Cause } from './invoice-events.ts';
import { readInvoices } from './invoice-views.ts';
import { pointToTransmission, type InvoiceState } from './invoices.ts';
import { whyNotAgain, type ResendWish } from './may-resend.ts';
import { nextEvent } from './next-event.ts';
import { historyOf } from './outcomes.ts';
import { claimStoredKey } from './request-keys.ts';
import { resendBy, termOver } from './resend-term.ts';
import { storeCorrection } from './store-correction.ts';
import { tellMoves, type ToldMove } from './tell-moves.ts';
import { insertRepeated } from './transmissions.ts';
import { findTransmissionFile, toBeSigned, type TransmissionFile } from './unsigned-transmissions.ts';

/** What somebody wants to send again. */
export interface Resending {
  /** The corrected document, judged; the same file again where it is left out. */
  readonly correction?: IncomingRequest | undefined;
  /** What makes two requests one. */
  readonly key?: string | undefined;
}

/** What became of it. */
export interface Resent {
  readonly invoiceId: string;
  /** False where the same request was made before: nothing more was done. */
  readonly isNew: boolean;
  readonly transmissionId: string | null;
  /** The last day of the term after a discard, in Rome. */
  readonly resendBy: string | undefined;
}

/** What the steps of a resend share. */
interface Parts {
  readonly tx: Tx;
  readonly options: DbmanagerOptions;
  readonly at: Date;
}

function refuse({ it, en }: Sentence, invoiceNumber: number): HubError {
  const finding = { code: 'RESEND_REFUSED', severity: 'error', message: { it, en } } as const;
  return new HubError('RESEND_REFUSED', `Invoice ${invoiceNumber} is not sent again: ${en}`, undefined, [finding]);
}

const noFile: Sentence = {
  it: 'Di questa fattura non c’è alcun file da inviare di nuovo.',
  en: 'There is no file of this invoice to send again.',
};

const partlyAnswered: Sentence = {
  it: 'SdI ha già risposto per alcuni file di questo archivio: inviato di nuovo se ne perderebbe l’esito. Cercare gli altri nel portale Fatture e Corrispettivi.',
  en: 'SdI has answered for some files of this archive already: sent again their outcome would be lost. Look the others up on the portal Fatture e Corrispettivi.',
};

/** What is said of the files of an archive is taken back where it goes out again: only where all were discarded may anything have been said. */
async function insistOnUnanswered(tx: Tx, { invoiceId, invoiceNumber, status }: InvoiceState): Promise<void> {
  if (status === 'INTERNAL_INVOICE_DISCARDED') return;
  const bodies = await answeredDocuments(tx, [invoiceId]);
  if (bodies.some((body) => body.status !== null)) throw refuse(partlyAnswered, invoiceNumber);
}

function insistOnAllowed(state: InvoiceState, wish: ResendWish): string {
  const why = whyNotAgain(state, wish);
  if (why) throw refuse(why, state.invoiceNumber);
  if (state.transmissionId === null) throw refuse(noFile, state.invoiceNumber);
  return state.transmissionId;
}

/** SdI has not seen it, so that name and bytes stay; the mail is another one. */
async function sendSame({ tx, at }: Parts, { invoiceId, customerId }: InvoiceState, repeats: string): Promise<string> {
  const transmissionId = uuidv7();
  // A mailbox that could not send may be the cause that was removed.
  const mailbox = await mailboxOf(tx, customerId);
  await insertRepeated(tx, { transmissionId, invoiceId, repeats, mailbox }, at);
  await clearDocumentDetails(tx, invoiceId);
  await pointToTransmission(tx, invoiceId, transmissionId);
  return transmissionId;
}

/** The file that is handed in as a correction is the very one that was sent, or the JSON that it was made of. */
async function isUnchanged(tx: Tx, invoiceId: string, correction: IncomingRequest | undefined): Promise<boolean> {
  if (!correction) return true;
  const asked = correction.asked && (await findAsked(tx, invoiceId));
  if (asked) return asked.bytes.equals(correction.asked);
  const view = (await readInvoices(tx, [invoiceId])).get(invoiceId);
  return view?.bytes.equals(correction.bytes) ?? false;
}

/** What SdI has not seen may be handed in again as it was; of what it discarded that corrects nothing. */
async function wishOf(tx: Tx, state: InvoiceState, correction: IncomingRequest | undefined): Promise<ResendWish> {
  if (!(await isUnchanged(tx, state.invoiceId, correction))) return 'corrected';
  const isDiscarded = state.status === 'INTERNAL_INVOICE_DISCARDED' && state.detail !== 'DECISION_NEEDED';
  if (correction && isDiscarded) throw wrongCorrection([nothingCorrected()]);
  return 'same';
}

function wrongCorrection(findings: readonly DocumentFinding[]): HubError {
  const first = findings.find(({ severity }) => severity === 'error');
  const words = `The corrected document is not right: ${first?.message.en ?? 'see its findings.'}`;
  return new HubError('BODY_NOT_VALID', words, undefined, findings);
}

async function sendCorrected(
  { tx, options, at }: Parts,
  state: InvoiceState,
  correction: IncomingRequest,
  warnings: readonly DocumentFinding[],
): Promise<string> {
  const { request, decision } = await checkCorrection(tx, state, correction, options, warnings);
  if (decision.event !== 'accepted' || !decision.transmitter) throw wrongCorrection(decision.findings);
  return storeCorrection(tx, request, { ...decision, transmitter: decision.transmitter }, options, at);
}

function waitsForSignature({ signAs, signedAt }: TransmissionFile): boolean {
  return signAs !== null && signedAt === null;
}

async function tell(parts: Parts, bus: Bus, state: InvoiceState, transmissionId: string, act: Act, cause: Cause) {
  const { tx, at } = parts;
  const { invoiceId } = state;
  const file = await findTransmissionFile(tx, transmissionId);
  if (!file) throw new HubError('UNEXPECTED', `Transmission ${transmissionId} is gone.`);
  const { by, reason } = act;
  const move: ToldMove = {
    invoiceId,
    event: 'resent',
    ...(waitsForSignature(file) && { detail: toBeSigned }),
    causationId: cause.eventId ?? null,
    by,
    reason,
    cause,
    answerAlways: false,
  };
  const answered = await applyMoves(tx, [state], [move], at);
  const view = (await readInvoices(tx, [invoiceId])).get(invoiceId);
  bus.publishIn(tx, [...(await tellMoves(tx, answered)), ...(view ? [nextEvent(view, file, cause)] : [])]);
  return file;
}

/**
 * Sends an invoice again. What was sent before stays: its transmissions with their bytes, receipts and notices, and its history.
 * @param tx the transaction
 * @param bus where the outcome and the file are published
 * @param target which one
 * @param resending what is sent
 * @param options as for what is new
 * @param act who, when and why
 * @param cause the request
 * @throws HubError INVOICE_UNKNOWN; RESEND_REFUSED with the reason in both languages; BODY_NOT_VALID with all that is wrong with the
 *   corrected document: then nothing changes
 */
export async function resendInvoice(
  tx: Tx,
  bus: Bus,
  target: Target,
  { correction, key }: Resending,
  options: DbmanagerOptions,
  act: Act,
  cause: Cause,
): Promise<Resent> {
  const { at } = act;
  const state = await holdTarget(tx, target);
  const { invoiceId, invoiceNumber, transmissionId: before } = state;
  const by = resendBy(await historyOf(tx, invoiceId));
  if (key !== undefined && !(await claimStoredKey(tx, key, invoiceId, at))) {
    return { invoiceId, isNew: false, transmissionId: before, resendBy: by };
  }
  const parts = { tx, options, at };
  const wish = await wishOf(tx, state, correction);
  const latest = insistOnAllowed(state, wish);
  await insistOnUnanswered(tx, state);
  const transmissionId =
    correction && wish === 'corrected'
      ? await sendCorrected(parts, state, correction, termOver(by, at))
      : await sendSame(parts, state, latest);
  const { fileName } = await tell(parts, bus, state, transmissionId, act, cause);
  const details = { from: state.status, before, transmissionId, fileName, corrected: wish === 'corrected' };
  await noteAct(tx, { ...act, action: 'invoice.resend', subject: `invoice ${invoiceNumber}`, details });
  return { invoiceId, isNew: true, transmissionId, resendBy: by };
}
