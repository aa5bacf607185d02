// dbmanager: the rule of what may be sent again from where, and why not. Pure.
import type { Sentence } from '@staffetta/fatturapa/finding.ts';
import type { InvoiceDetail } from '@staffetta/flow/invoice-details.ts';
import type { InvoiceStatus } from '@staffetta/flow/statuses.ts';

/** What somebody wants to send: the same file as before, or a corrected one. */
export type ResendWish = 'same' | 'corrected';

/** A row: where it holds, and why each wish is refused; null where it is granted. */
interface ResendRow {
  /** Any where it is left out. */
  readonly status?: InvoiceStatus;
  readonly detail?: InvoiceDetail;
  readonly same: Sentence | null;
  readonly corrected: Sentence | null;
}

function refused(where: Pick<ResendRow, 'status' | 'detail'>, it: string, en: string): ResendRow {
  return { ...where, same: { it, en }, corrected: { it, en } };
}

const issued: Sentence = {
  it: 'La fattura è emessa: inviata di nuovo sarebbe scartata come duplicato. Per correggerla emettere una nota di variazione.',
  en: 'The invoice is issued: sent again it would be discarded as a duplicate. Correct it by a credit or debit note.',
};
const underWay: Sentence = {
  it: 'Il file è già in viaggio verso SdI: attendere l’esito prima di inviarne un altro.',
  en: 'The file is on its way to SdI already: wait for its outcome before another one is sent.',
};
const uncertain: Sentence = {
  it: 'Non è certo se il file sia arrivato a SdI: si può inviare di nuovo solo lo stesso file, che SdI riconosce se l’ha già.',
  en: 'It is not certain whether the file reached SdI: only the same file can be sent again, which SdI recognises if it has it.',
};

/** The table; the first row that fits decides. To allow more, change a row here. */
const rows: readonly ResendRow[] = [
  refused(
    { detail: 'DECISION_NEEDED' },
    'Prima va deciso se una copia già inviata è stata accettata da SdI (npm run staffetta -- decide, oppure POST /api/invoices/{n}/decisione).',
    'First it has to be decided whether SdI took a copy that was sent before (npm run staffetta -- decide, or POST /api/invoices/{n}/decisione).',
  ),
  refused(
    { detail: 'PARTLY_DISCARDED' },
    'Solo alcuni file dell’archivio sono stati scartati, gli altri no: correggere quelli scartati e inviarli come nuove fatture, con lo stesso numero e la stessa data; il loro numero è libero.',
    'Only some files of the archive were discarded, the others not: correct those and send them as new invoices under the same number and date; their numbers are free.',
  ),
  { status: 'INTERNAL_INVOICE_NOT_SENT', same: null, corrected: null },
  {
    status: 'INTERNAL_INVOICE_DISCARDED',
    corrected: null,
    same: {
      it: 'SdI ha già visto e scartato questo file: identico, lo scarterebbe di nuovo (00002). Inviare il documento corretto, con lo stesso numero e la stessa data.',
      en: 'SdI has seen and discarded this file: the very same one it would discard again (00002). Send the corrected document, with the same number and date.',
    },
  },
  { status: 'INVOICE_ERROR', same: null, corrected: uncertain },
  // The expected time has passed: without this an invoice whose mail was lost would stay SENT for ever.
  { status: 'INTERNAL_INVOICE_SENT', detail: 'NEWS_OVERDUE', same: null, corrected: uncertain },
  refused(
    { status: 'INTERNAL_INVOICE_NOT_DELIVERED', detail: 'UNDELIVERABLE_ATTESTED' },
    'SdI attesta di avere il file e di non poterlo recapitare: la fattura è emessa, va consegnata all’ente con altri mezzi (per esempio PEC), insieme all’attestazione.',
    'SdI attests that it has the file and cannot deliver it: the invoice is issued, and has to reach the public body by other means (as PEC), with the attestation.',
  ),
  refused(
    { status: 'INTERNAL_INVOICE_DELIVERED', detail: 'REFUSED' },
    'L’ente l’ha rifiutata: chiarito il motivo, inviare il documento corretto come nuova fattura (può avere lo stesso numero e la stessa data), oppure una nota di credito se quella rifiutata è già registrata.',
    'The public body refused it: once the reason is settled, send the corrected document as a new invoice (it may have the same number and date), or a credit note if the refused one is in the books already.',
  ),
  { status: 'INTERNAL_INVOICE_DELIVERED', same: issued, corrected: issued },
  { status: 'INTERNAL_INVOICE_NOT_DELIVERED', same: issued, corrected: issued },
  { status: 'INTERNAL_INVOICE_TOBE_SENT', same: underWay, corrected: underWay },
  { status: 'INTERNAL_INVOICE_SENT', same: underWay, corrected: underWay },
  { status: 'INTERNAL_INVOICE_NEW', same: underWay, corrected: underWay },
  refused(
    { status: 'INTERNAL_INVOICE_INVALID' },
    'La fattura non ha superato i controlli e non è mai partita: inviare il documento corretto come nuova fattura.',
    'The invoice did not pass the checks and never went out: send the corrected document as a new invoice.',
  ),
  refused(
    { status: 'EXTERNAL_INVOICE' },
    'È una fattura ricevuta da un fornitore: non si invia a SdI.',
    'It is an invoice received from a supplier: it does not go to SdI.',
  ),
];

/**
 * Says whether an invoice may be sent again.
 * @param standing its status and detail
 * @param wish the same file, or a corrected one
 * @returns undefined where it may, else the reason why not and what to do instead
 */
export function whyNotAgain(
  standing: { readonly status: InvoiceStatus; readonly detail: string | null },
  wish: ResendWish,
): Sentence | undefined {
  const row = rows.find(({ status = standing.status, detail = standing.detail }) => {
    return status === standing.status && detail === standing.detail;
  });
  return row?.[wish] ?? undefined;
}
