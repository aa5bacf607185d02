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

/**
 * Says which numbers a discarded invoice is to be sent again with: it counts as never issued, and goes out corrected with the number and
 * the date it had, within five days (revenue agency's circular 13/E of 2018).
 * @param view the invoice
 * @returns one finding, or none where SdI did not discard it
 */
export function discardedAdvice({ status, documents }: Pick<InvoiceView, 'status' | 'documents'>): Finding[] {
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
        it: 'Correggerlo e inviarlo di nuovo entro cinque giorni con lo stesso numero e la stessa data; in JSON vanno indicati (number e date, oppure Numero e Data), altrimenti riceve un altro numero e nella numerazione resta un buco.',
        en: 'Correct it and send it again within five days under the same number and date; in JSON they have to be given (number and date, or Numero and Data), else it gets another number and the numbering keeps a gap.',
      },
    },
  ];
}
