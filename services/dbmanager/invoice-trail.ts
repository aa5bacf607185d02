// dbmanager: what happened to an invoice, in words for its sheet: its statuses, what SdI said, the file that went out.
import type { Sentence } from '@staffetta/fatturapa/finding.ts';
import type { Trail, TrailStep } from '@staffetta/fatturapa/show/trail.ts';
import type { InvoiceStatus } from '@staffetta/flow/statuses.ts';
import { toRomeWallTime } from '@staffetta/platform/clock.ts';
import { detailWords } from './detail-words.ts';
import type { InvoiceView } from './invoice-views.ts';
import type { Outcome } from './outcomes.ts';
import type { ToldNotice } from './told-notices.ts';
import type { Transmission } from './transmissions.ts';

/** What each status means to the people who issued or received the invoice. */
const statusWords: Readonly<Record<InvoiceStatus, Sentence>> = {
  INTERNAL_INVOICE_NEW: { it: 'Presa in carico', en: 'Taken in' },
  INTERNAL_INVOICE_TOBE_SENT: {
    it: 'Controllata: è in attesa di invio al Sistema di Interscambio',
    en: 'Checked: it waits to be sent to SdI',
  },
  INTERNAL_INVOICE_SENT: { it: 'Inviata al Sistema di Interscambio', en: 'Sent to SdI' },
  INTERNAL_INVOICE_NOT_SENT: {
    it: 'Non inviata: il server di posta l’ha rifiutata',
    en: 'Not sent: the mail server refused it',
  },
  INTERNAL_INVOICE_INVALID: {
    it: 'Non inviata: non ha superato i controlli',
    en: 'Not sent: it did not pass the checks',
  },
  INTERNAL_INVOICE_DELIVERED: {
    it: 'Consegnata al destinatario (ricevuta di consegna)',
    en: 'Delivered to the customer (SdI’s receipt)',
  },
  INTERNAL_INVOICE_DISCARDED: {
    it: 'Scartata dal Sistema di Interscambio: la fattura si considera non emessa',
    en: 'Refused by SdI: the invoice counts as never issued',
  },
  INTERNAL_INVOICE_NOT_DELIVERED: {
    it: 'Recapito non riuscito (mancata consegna): la fattura è comunque emessa, il cliente la trova nella sua area riservata',
    en: 'Not delivered: the invoice is issued all the same, the customer finds it in the tax authority’s reserved area',
  },
  INVOICE_ERROR: {
    it: 'Ferma per un errore interno: serve un operatore',
    en: 'Stopped by an internal error: an operator must look',
  },
  EXTERNAL_INVOICE: { it: 'Ricevuta dal fornitore', en: 'Received from the supplier' },
};

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

function outcomeStep(outcome: Outcome, view: InvoiceView): TrailStep {
  const at = toRomeWallTime(outcome.happenedAt);
  return { at, event: statusWords[outcome.status], details: reasonsOf(outcome, view) };
}

/** What happened; the rest stands in the notice itself. */
function saidBy({ words }: ToldNotice): Sentence[] {
  const [it, en] = [words.it[0], words.en[0]];
  return it === undefined || en === undefined ? [] : [{ it, en }];
}

function noticeStep(notice: ToldNotice): TrailStep {
  const { kind, sdiId, fileName, receivedAt } = notice;
  const words = noticeWords[kind] ?? { it: 'Notifica', en: 'Notice' };
  const event = { it: `SdI: ${words.it} (${kind})`, en: `SdI: ${words.en} (${kind})` };
  const id = { it: `Identificativo SdI ${sdiId}`, en: `SdI's identifier ${sdiId}` };
  return {
    at: toRomeWallTime(receivedAt),
    event,
    details: [...saidBy(notice), id, ...(fileName === null ? [] : [fileName])],
  };
}

/** What the trail is made of. */
export interface TrailParts {
  readonly view: InvoiceView;
  readonly history: readonly Outcome[];
  readonly transmissions: readonly Transmission[];
  readonly notices: readonly ToldNotice[];
  /** The name and the hash of the file that is shown. */
  readonly fileName: string | undefined;
  readonly sha256: string;
}

/**
 * Makes the trail of an invoice; times are Europe/Rome.
 * @param parts its history, transmissions and notices, each in the order of time
 */
export function trailOf(parts: TrailParts): Trail {
  const { view, history, transmissions, notices, fileName, sha256 } = parts;
  const steps = [
    ...history.map((outcome) => outcomeStep(outcome, view)),
    ...notices.map((notice) => noticeStep(notice)),
  ].sort((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at)));
  const sdiId = transmissions.findLast((one) => one.sdiId !== null)?.sdiId ?? undefined;
  return {
    sha256,
    steps,
    ...(fileName === undefined ? {} : { fileName }),
    ...(sdiId === undefined ? {} : { sdiId }),
  };
}
