// hub: what a bookkeeper does next with an invoice, by where it stands, with the command that does it. Pure.
import type { Sentence } from '@staffetta/fatturapa/finding.ts';
import { writeDate } from '@staffetta/fatturapa/show/figures.ts';
import type { InvoiceStatus } from '@staffetta/flow/statuses.ts';
import type { ToldInvoice } from './told-invoice.ts';

/** As far as the next step depends on it. */
export type Situation = Pick<
  ToldInvoice,
  'invoiceNumber' | 'invoiceStatus' | 'detail' | 'resendBy' | 'received' | 'deadlines'
>;

const run = 'npm run staffetta --';

const correctByNote: Sentence = {
  it: 'Niente: la fattura è emessa e consegnata. Un errore si corregge con una nota di variazione, non con un nuovo invio.',
  en: 'Nothing: the invoice is issued and delivered. A mistake is put right by a credit or debit note, not by sending again.',
};

const wait: Sentence = {
  it: 'Niente: si attende la risposta di SdI, che arriva di solito in pochi minuti o ore, al più tardi in 5 giorni.',
  en: 'Nothing: SdI’s answer is awaited. Mostly it comes within minutes or hours, at the latest within 5 days.',
};

const pay: Sentence = { it: 'Niente: attendere il pagamento.', en: 'Nothing: wait for the payment.' };

/** By the finer state, where it says more than the status. */
const byDetail: Readonly<Record<string, (of: Situation) => Sentence>> = {
  TO_BE_SIGNED: () => ({
    it: 'Niente: parte da sé appena è firmata. Se resta ferma, chi gestisce il programma guardi la chiave di firma.',
    en: 'Nothing: it goes out by itself once it is signed. If it stays here, whoever runs the program looks at the signing key.',
  }),
  NEWS_OVERDUE: ({ invoiceNumber: n }) => ({
    it: `Cercare la fattura nel portale Fatture e Corrispettivi. Se c’è, attendere; se non c’è, inviare di nuovo lo stesso file, mai come nuova fattura: ${run} resend ${n}.`,
    en: `Look for the invoice on the portal Fatture e Corrispettivi. If it is there, wait; if not, send the same file again, never as a new invoice: ${run} resend ${n}.`,
  }),
  DECISION_NEEDED: ({ invoiceNumber: n }) => ({
    it: `Cercare la fattura nel portale Fatture e Corrispettivi e dire che cosa risulta: ${run} decide ${n} taken se SdI ne ha accettato una copia, ${run} decide ${n} not-taken se no. Prima di allora non inviarla di nuovo.`,
    en: `Look for the invoice on the portal Fatture e Corrispettivi and say what you found: ${run} decide ${n} taken if SdI took a copy of it, ${run} decide ${n} not-taken if not. Do not send it again before.`,
  }),
  TAKEN_EARLIER: () => wait,
  PARTLY_DISCARDED: () => ({
    it: 'Correggere i file scartati e inviarli entro 5 giorni come nuove fatture, con lo stesso numero e la stessa data. Non inviare di nuovo l’archivio.',
    en: 'Correct the files that were refused and send them within 5 days as new invoices, under the same number and date. Do not send the archive again.',
  }),
  AVAILABLE_TO_CUSTOMER: () => ({
    it: 'Avvisare il cliente, per esempio per e-mail con una copia, che l’originale è nella sua area riservata dell’Agenzia delle Entrate; a un cliente estero mandare una copia. Non inviarla di nuovo.',
    en: 'Tell the customer, for example by e-mail with a copy, that the original is in its reserved area of the tax authority; to a customer abroad send a copy. Do not send it again.',
  }),
  DELIVERY_RETRIED: () => ({
    it: 'Niente per ora: SdI riprova per 10 giorni. Non inviarla di nuovo.',
    en: 'Nothing for now: SdI goes on trying for 10 days. Do not send it again.',
  }),
  UNDELIVERABLE_ATTESTED: () => ({
    it: 'Mandare all’ente la fattura insieme all’attestazione di SdI per un’altra via, per esempio alla sua PEC. Non inviarla di nuovo a SdI.',
    en: 'Send the public body the invoice with SdI’s attestation in another way, for example to its PEC address. Do not send it to SdI again.',
  }),
  ACCEPTED: () => pay,
  DEADLINE_PASSED: () => pay,
  REFUSED: () => ({
    it: 'Leggere il motivo del rifiuto e chiarirlo con l’ente; poi inviare la fattura corretta, oppure una nota di credito se quella rifiutata è già registrata.',
    en: 'Read the reason and settle it with the public body; then send the corrected invoice, or a credit note if the refused one is already in the books.',
  }),
};

function resendSteps({ invoiceNumber: n, resendBy }: Situation): Sentence {
  const [it, en] = resendBy === undefined ? ['', ''] : [writeDate(resendBy, 'it'), writeDate(resendBy, 'en')];
  const [by, until] =
    resendBy === undefined
      ? [' entro 5 giorni dallo scarto', ' within 5 days of the discard']
      : [` entro il ${it}`, ` by ${en}`];
  return {
    it: `Correggere gli errori che SdI elenca e inviarla di nuovo${by}, con lo stesso numero e la stessa data: ${run} resend ${n} FILE.`,
    en: `Correct the errors that SdI lists and send it again${until}, under the same number and date: ${run} resend ${n} FILE.`,
  };
}

function answerSteps({ invoiceNumber: n, received }: Situation): Sentence {
  const by = received?.answerBy?.slice(0, 10);
  if (by === undefined || received?.mayBeAnswered !== true) {
    return { it: 'Registrarla in contabilità.', en: 'Put it into the books.' };
  }
  return {
    it: `Controllarla, e accettarla o rifiutarla entro il ${writeDate(by, 'it')}: ${run} answer ${n} accept, oppure ${run} answer ${n} refuse --reason MOTIVO.`,
    en: `Look at it, and accept or refuse it by ${writeDate(by, 'en')}: ${run} answer ${n} accept, or ${run} answer ${n} refuse --reason WHY.`,
  };
}

function afterDelivery({ deadlines = [] }: Situation): Sentence {
  // A clock runs after a delivery only where a public body may still answer.
  const due = deadlines[0]?.due.slice(0, 10);
  if (due === undefined) return correctByNote;
  return {
    it: `Niente per ora: l’ente pubblico può accettarla o rifiutarla fino al ${writeDate(due, 'it')}.`,
    en: `Nothing for now: the public body may accept or refuse it until ${writeDate(due, 'en')}.`,
  };
}

const byStatus: Readonly<Record<InvoiceStatus, (of: Situation) => Sentence>> = {
  INTERNAL_INVOICE_NEW: () => ({ it: 'Niente: viene controllata.', en: 'Nothing: it is being checked.' }),
  INTERNAL_INVOICE_TOBE_SENT: () => ({ it: 'Niente: parte da sé.', en: 'Nothing: it goes out by itself.' }),
  INTERNAL_INVOICE_SENT: () => wait,
  INTERNAL_INVOICE_NOT_SENT: ({ invoiceNumber: n }) => ({
    it: `Tolto di mezzo il motivo, inviare di nuovo lo stesso file: ${run} resend ${n}.`,
    en: `Remove the cause, then send the same file again: ${run} resend ${n}.`,
  }),
  INTERNAL_INVOICE_INVALID: () => ({
    it: `Correggere gli errori indicati nel documento e inviarlo di nuovo: ${run} send FILE. Prima lo si può provare con ${run} check FILE.`,
    en: `Correct the errors named in the document and send it anew: ${run} send FILE. Before that ${run} check FILE tries it out.`,
  }),
  INTERNAL_INVOICE_DELIVERED: afterDelivery,
  INTERNAL_INVOICE_DISCARDED: resendSteps,
  INTERNAL_INVOICE_NOT_DELIVERED: () => ({
    it: 'Avvisare il cliente, e non inviarla di nuovo: è emessa.',
    en: 'Tell the customer, and do not send it again: it is issued.',
  }),
  INVOICE_ERROR: () => ({
    it: `Avvisare chi gestisce il programma: ${run} dlt list dice che cosa non è riuscito.`,
    en: `Tell whoever runs the program: ${run} dlt list says what could not be done.`,
  }),
  EXTERNAL_INVOICE: answerSteps,
};

/** Whose words of a finer state hold for received invoices too. */
const receivedStatus: InvoiceStatus = 'EXTERNAL_INVOICE';

/**
 * Says what to do next.
 * @param of the invoice, as the hub tells it
 * @returns whole sentences; "nothing" is said as such
 */
export function nextStep(of: Situation): Sentence {
  const { detail, invoiceStatus } = of;
  const isIssued = invoiceStatus !== receivedStatus;
  const finer = isIssued && detail !== undefined && Object.hasOwn(byDetail, detail) ? byDetail[detail] : undefined;
  return (finer ?? byStatus[invoiceStatus])(of);
}
