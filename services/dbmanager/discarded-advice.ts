// dbmanager: what is to be done about an invoice that SdI discarded: it goes again under the number that waits for it. Pure.
import type { DocumentSummary, Finding } from '@staffetta/flow/messages.ts';
import type { InvoiceView } from './invoice-views.ts';

const namedMax = 3;

function namesOf(documents: readonly DocumentSummary[], of: string): string {
  const names = documents.flatMap(({ numero, data }) => {
    if (numero === undefined) return [];
    return [data === undefined ? numero : `${numero} ${of} ${data.split('-').toReversed().join('/')}`];
  });
  return `${names.slice(0, namedMax).join(', ')}${names.length > namedMax ? ', …' : ''}`;
}

/** Of an archive the files that were discarded go again on their own: the others are issued, or on their way. */
function partsAdvice(documents: readonly DocumentSummary[]): Finding {
  const discarded = documents.filter(({ detail }) => detail === 'DISCARDED_BY_SDI');
  return {
    code: 'SEND_AGAIN',
    severity: 'warning',
    message: {
      it: `SdI ha scartato una parte dell’archivio, cioè ${namesOf(discarded, 'del')}: si considera non emessa; il resto prosegue.`,
      en: `SdI discarded a part of the archive, that is ${namesOf(discarded, 'of')}: it counts as never issued; the rest goes on.`,
    },
    fix: {
      it: 'Correggere i file scartati e inviarli entro cinque giorni come nuove fatture, con lo stesso numero e la stessa data, che sono di nuovo liberi; non inviare di nuovo l’archivio.',
      en: 'Correct the files that were discarded and send them within five days as new invoices under the same number and date, which are free again; do not send the archive again.',
    },
  };
}

/**
 * Says which numbers a discarded invoice is to be sent again with: it counts as never issued, and goes out corrected with the number and
 * the date it had, within five days (revenue agency's circular 13/E of 2018).
 * @param view the invoice
 * @returns one finding, or none where SdI did not discard it
 */
export function discardedAdvice({
  status,
  detail,
  documents,
}: Pick<InvoiceView, 'status' | 'detail' | 'documents'>): Finding[] {
  if (detail === 'PARTLY_DISCARDED') return [partsAdvice(documents ?? [])];
  if (status !== 'INTERNAL_INVOICE_DISCARDED') return [];
  const [it, en] = [namesOf(documents ?? [], 'del'), namesOf(documents ?? [], 'of')];
  return [
    {
      code: 'SEND_AGAIN',
      severity: 'warning',
      message: {
        it: `SdI ha scartato il documento ${it}: si considera non emesso, e nessun sezionale dà il suo numero ad altri.`,
        en: `SdI discarded the document ${en}: it counts as never issued, and no register gives its number to another.`,
      },
      fix: {
        it: 'Correggerlo e inviarlo di nuovo entro cinque giorni con lo stesso numero e la stessa data (POST /api/invoices/{n}/reinvia, oppure npm run staffetta -- resend); in JSON la data va indicata (date, oppure Data), il numero resta il suo.',
        en: 'Correct it and send it again within five days under the same number and date (POST /api/invoices/{n}/reinvia, or npm run staffetta -- resend); in JSON the date has to be given (date, or Data), the number stays its own.',
      },
    },
  ];
}
