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
    it: 'Non inviarla di nuovo prima di averne cercato l’esito nel portale Fatture e Corrispettivi. Se una copia risulta consegnata o messa a disposizione, la fattura è emessa: un errore si corregge con una nota di variazione. Altrimenti correggere e inviare di nuovo entro cinque giorni dallo scarto. In entrambi i casi dirlo prima qui (npm run staffetta -- decide, oppure POST /api/invoices/{n}/decisione).',
    en: 'Do not send it again before its outcome is looked up on the portal Fatture e Corrispettivi. If a copy was delivered or made available, the invoice is issued: a mistake is put right by a credit or debit note. Else correct it and send it again within five days of the discard. Either way say so here first (npm run staffetta -- decide, or POST /api/invoices/{n}/decisione).',
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
        it: 'Non è noto se un’altra copia di questa fattura sia stata accettata: SdI ha scartato questo invio (o una parte), o dice di avere un file precedente. La fattura non cambia stato finché non si decide.',
        en: 'Whether another copy of this invoice was taken is not known: SdI discarded this sending (or a part of it), or says that it has an earlier file. The invoice keeps its status until somebody decides.',
      },
      fix: {
        it: 'Cercare l’esito nel portale Fatture e Corrispettivi. Poi dire se una copia risulta accettata (npm run staffetta -- decide, oppure POST /api/invoices/{n}/decisione): se sì vale quella (se non è ancora arrivata si attende la sua ricevuta); altrimenti un invio scartato risulta scartato, da correggere e inviare di nuovo (npm run staffetta -- resend, oppure POST /api/invoices/{n}/reinvia), e di uno in viaggio si attende l’esito.',
        en: 'Look the outcome up on the portal Fatture e Corrispettivi. Then say whether a copy was taken (npm run staffetta -- decide, or POST /api/invoices/{n}/decisione): if so that one holds (its receipt is waited for where it has not come yet); else a sending that was discarded counts as that, to be corrected and sent again (npm run staffetta -- resend, or POST /api/invoices/{n}/reinvia), and of one that is under way the outcome is waited for.',
      },
    },
  ];
}
