// dbmanager: what happened to an invoice, in words for its sheet: its statuses, what SdI and the PEC provider said, alarms, the file that went out.
import type { Sentence } from '@staffetta/fatturapa/finding.ts';
import type { Trail, TrailStep } from '@staffetta/fatturapa/show/trail.ts';
import { toRomeWallTime } from '@staffetta/platform/clock.ts';
import { alarmWords } from './alarm-words.ts';
import type { Alarm } from './alarms.ts';
import { detailWords } from './detail-words.ts';
import type { InvoiceView } from './invoice-views.ts';
import type { Outcome } from './outcomes.ts';
import type { Receipt } from './pec-receipts.ts';
import { receiptEvent } from './receipt-words.ts';
import { wordsOfStatus } from './standing-words.ts';
import { signatureWords, type ToldNotice } from './told-notices.ts';
import type { Transmission } from './transmissions.ts';

/** SdI's notices by their two letters (Allegato A, file names of the notices). */
const noticeWords: Readonly<Record<string, Sentence>> = {
  RC: { it: 'Ricevuta di consegna', en: 'Receipt of delivery' },
  NS: { it: 'Notifica di scarto', en: 'Notice of refusal' },
  MC: { it: 'Notifica di mancata consegna', en: 'Notice of failed delivery' },
  NE: { it: 'Notifica di esito del committente', en: "Notice of the customer's answer" },
  DT: { it: 'Notifica di decorrenza termini', en: 'Notice that the deadline has passed' },
  AT: {
    it: 'Attestazione di avvenuta trasmissione con impossibilità di recapito',
    en: 'Attestation of sending without delivery',
  },
  MT: { it: 'Metadati di invio', en: "Metadata of SdI's delivery" },
  EC: { it: 'Esito del committente (la risposta a SdI)', en: 'The answer to SdI' },
  SE: { it: 'Scarto dell’esito del committente', en: 'The answer was not taken' },
};

const findingsShownMax = 10;

function reasonsOf(outcome: Outcome, view: InvoiceView): (string | Sentence)[] {
  const findings = outcome.findings ?? (outcome.status === 'INTERNAL_INVOICE_INVALID' ? (view.findings ?? []) : []);
  const shown = findings
    .slice(0, findingsShownMax)
    .map(({ code, message }): Sentence => ({ it: `${code}: ${message.it}`, en: `${code}: ${message.en}` }));
  const { detail, reason } = outcome;
  return [...detailWords(detail), ...(reason === null ? [] : [reason]), ...shown];
}

const resentWords: Sentence = {
  it: 'Si invia di nuovo: è in attesa di invio al Sistema di Interscambio',
  en: 'It is sent again: it waits to be sent to SdI',
};

/** Where the status stays, what happened is its finer state. */
function eventOf({ event, status, detail }: Outcome, before: Outcome | undefined): Sentence {
  if (event === 'resent') return resentWords;
  const [finer] = before?.status === status ? detailWords(detail) : [];
  return finer ?? wordsOfStatus(status);
}

function outcomeStep(outcome: Outcome, before: Outcome | undefined, view: InvoiceView): TrailStep {
  const event = eventOf(outcome, before);
  const details = reasonsOf(outcome, view).filter((detail) => detail !== event);
  return { at: toRomeWallTime(outcome.happenedAt), event, details };
}

/** What happened; the rest stands in the notice itself. */
function saidBy({ words }: ToldNotice): Sentence[] {
  const [it, en] = [words.it[0], words.en[0]];
  return it === undefined || en === undefined ? [] : [{ it, en }];
}

function noticeStep(notice: ToldNotice): TrailStep {
  const { kind, sdiId, fileName, signature, receivedAt } = notice;
  const words = noticeWords[kind] ?? { it: 'Notifica', en: 'Notice' };
  // The answer of a public body is its own word, not SdI's.
  const by = kind === 'EC' ? '' : 'SdI: ';
  const event = { it: `${by}${words.it} (${kind})`, en: `${by}${words.en} (${kind})` };
  const id = { it: `Identificativo SdI ${sdiId}`, en: `SdI's identifier ${sdiId}` };
  return {
    at: toRomeWallTime(receivedAt),
    event,
    details: [
      ...saidBy(notice),
      ...(signature === null ? [] : [signatureWords[signature]]),
      id,
      ...(fileName === null ? [] : [fileName]),
    ],
  };
}

/** Who took the mail, or which mailbox it was meant for. */
function partyOf({ receipt, provider, recipient }: Receipt): string | null {
  return receipt === 'accettazione' ? provider : (recipient ?? provider);
}

function receiptStep(receipt: Receipt): TrailStep {
  const { it, en } = receiptEvent(receipt);
  return {
    at: toRomeWallTime(receipt.certifiedAt ?? receipt.receivedAt),
    event: { it: `PEC: ${it}`, en: `PEC: ${en}` },
    details: [receipt.reason, partyOf(receipt)].filter((detail) => detail !== null),
  };
}

/** Receipts are certified to the second, and the sender notes what it did a little later: none stands before the sending of its mail. */
function placed(receipt: Receipt, transmissions: readonly Transmission[]): TimedStep {
  const step = receiptStep(receipt);
  const of = transmissions.find(({ transmissionId }) => transmissionId === receipt.transmissionId);
  const sentAt = of?.sentAt ? toRomeWallTime(of.sentAt) : '';
  return { step, order: sentAt > step.at ? sentAt : step.at };
}

function signedSteps({ signedAt, fileName }: Transmission): TrailStep[] {
  return signedAt
    ? [{ at: toRomeWallTime(signedAt), event: { it: 'Firmata', en: 'Signed' }, details: [fileName] }]
    : [];
}

function alarmStep({ kind, raisedAt, clearedAt }: Alarm): TrailStep {
  const { it, en } = alarmWords(kind);
  const isOver = { it: `Superato il ${dayOf(clearedAt)}`, en: `Settled on ${dayOf(clearedAt)}` };
  return {
    at: toRomeWallTime(raisedAt),
    event: { it: `Avviso: ${it}`, en: `Alarm: ${en}` },
    details: clearedAt ? [isOver] : [],
  };
}

function dayOf(at: Date | null): string {
  return at ? toRomeWallTime(at).slice(0, 10).split('-').toReversed().join('/') : '';
}

/** What a receipt or an alarm refined is told by the receipt or the alarm itself. */
function isOwnStep({ status, event, doneBy }: Outcome, at: number, history: readonly Outcome[]): boolean {
  if (history[at - 1]?.status !== status) return true;
  if (event === 'answerDue') return false;
  return doneBy !== 'mailbox' && !(event === 'noticed' && doneBy === 'dbmanager');
}

/** A step with what it is ordered by. */
interface TimedStep {
  readonly step: TrailStep;
  readonly order: string;
}

function timed(step: TrailStep): TimedStep {
  return { step, order: step.at };
}

/** What the trail is made of. */
export interface TrailParts {
  readonly view: InvoiceView;
  readonly history: readonly Outcome[];
  readonly transmissions: readonly Transmission[];
  readonly notices: readonly ToldNotice[];
  readonly receipts: readonly Receipt[];
  readonly alarms: readonly Alarm[];
  /** The name and the hash of the file that is shown. */
  readonly fileName: string | undefined;
  readonly sha256: string;
}

/**
 * Makes the trail of an invoice; times are Europe/Rome.
 * @param parts its history, transmissions, receipts, notices and alarms, each in the order of time
 */
export function trailOf(parts: TrailParts): Trail {
  const { view, history, transmissions, notices, receipts, alarms, fileName, sha256 } = parts;
  const outcomes = history.flatMap((outcome, at) =>
    isOwnStep(outcome, at, history) ? [outcomeStep(outcome, history[at - 1], view)] : [],
  );
  const rest = [...notices.map((notice) => noticeStep(notice)), ...alarms.map(alarmStep)];
  const all = [
    ...[...outcomes, ...transmissions.flatMap(signedSteps)].map(timed),
    ...receipts.map((receipt) => placed(receipt, transmissions)),
    ...rest.map(timed),
  ];
  const steps = all.toSorted((a, b) => (a.order < b.order ? -1 : Number(a.order > b.order))).map(({ step }) => step);
  // That of the file that counts.
  const sdiId = transmissions.find(({ current }) => current)?.sdiId ?? undefined;
  return {
    sha256,
    steps,
    ...(fileName === undefined ? {} : { fileName }),
    ...(sdiId === undefined ? {} : { sdiId }),
  };
}
