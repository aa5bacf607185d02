// dbmanager: what somebody has to decide where SdI says that a file was sent before. Pure.
import type { InvoiceDetail } from '@staffetta/flow/invoice-details.ts';
import type { Finding } from '@staffetta/flow/messages.ts';
import type { InvoiceView } from './invoice-views.ts';

const decisionNeeded: InvoiceDetail = 'DECISION_NEEDED';

const contradicted: Finding = {
  code: decisionNeeded,
  severity: 'warning',
  message: {
    it: 'SdI ha scartato un invio di questa fattura, ma un’altra notifica dice che una copia è stata accettata: la fattura potrebbe risultare emessa.',
    en: 'SdI discarded a sending of this invoice, but another notice says that a copy was taken: the invoice may count as issued.',
  },
  fix: {
    it: 'Non inviarla di nuovo prima di averne cercato l’esito nel portale Fatture e Corrispettivi. Se una copia risulta consegnata o messa a disposizione, la fattura è emessa: un errore si corregge con una nota di variazione. Altrimenti correggere e inviare di nuovo entro cinque giorni dallo scarto.',
    en: 'Do not send it again before its outcome is looked up on the portal Fatture e Corrispettivi. If a copy was delivered or made available, the invoice is issued: a mistake is put right by a credit or debit note. Else correct it and send it again within five days of the discard.',
  },
};

/**
 * Says what to decide about an invoice of which SdI says that it was sent before (00002, 00404), or that a file of its archive was
 * discarded, while nothing is known of a copy that was taken; or that was discarded while a receipt says that a copy was taken.
 * @param view the invoice
 * @returns one finding, or none where nothing is to be decided
 */
export function decisionAdvice({ detail, status }: Pick<InvoiceView, 'detail' | 'status'>): Finding[] {
  if (detail !== decisionNeeded) return [];
  if (status === 'INTERNAL_INVOICE_DISCARDED') return [contradicted];
  return [
    {
      code: decisionNeeded,
      severity: 'warning',
      message: {
        it: 'SdI ha scartato questo invio (o una parte) e non è noto se un’altra copia sia stata accettata: la fattura non cambia stato finché non si decide.',
        en: 'SdI discarded this sending (or a part of it), and whether another copy was taken is not known: the invoice keeps its status until somebody decides.',
      },
      fix: {
        it: 'Cercare l’esito nel portale Fatture e Corrispettivi. Se una copia risulta consegnata o messa a disposizione, impostare quello stato (PUT /api/invoices/{n}/status); altrimenti impostare INTERNAL_INVOICE_DISCARDED, correggere e inviare di nuovo.',
        en: 'Look the outcome up on the portal Fatture e Corrispettivi. If a copy was delivered or made available, set that status (PUT /api/invoices/{n}/status); else set INTERNAL_INVOICE_DISCARDED, correct the invoice and send it again.',
      },
    },
  ];
}
