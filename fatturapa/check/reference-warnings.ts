// fatturapa: warnings on order references and line numbers, which SdI lets through.
import { lineAt, type OrdinaryBody } from './ordinary-body.ts';
import { ordinaryFormats, type Found, type Rule } from './rule.ts';

const selfIssued = new Set('TD16 TD17 TD18 TD19 TD20 TD21 TD22 TD23 TD26 TD27 TD28 TD29'.split(' '));
const references = [
  'DatiOrdineAcquisto',
  'DatiContratto',
  'DatiConvenzione',
  'DatiRicezione',
  'DatiFattureCollegate',
] as const;

function namesTender({ body }: OrdinaryBody): boolean {
  for (const name of references) {
    for (const { CodiceCIG, CodiceCUP } of body.DatiGenerali[name] ?? []) {
      if (CodiceCIG !== undefined || CodiceCUP !== undefined) return true;
    }
  }
  return false;
}

// Most programs count up; only where they do not is a set worth its while.
function* repeatedNumbers({ lines }: OrdinaryBody): Iterable<Found> {
  let last = 0;
  if (lines.every(({ NumeroLinea }) => last < (last = Number(NumeroLinea)))) return;
  const firstPlaces = new Map<number, number>();
  for (const [index, { NumeroLinea }] of lines.entries()) {
    const number = Number(NumeroLinea);
    const first = firstPlaces.get(number);
    if (first === undefined) firstPlaces.set(number, index + 1);
    else {
      const because = {
        it: `Il numero ${number} è già della linea al posto ${first}.`,
        en: `Number ${number} already belongs to the line in place ${first}.`,
      };
      yield { path: `${lineAt(index)}/NumeroLinea`, value: NumeroLinea, because };
    }
  }
}

/** Warnings on references of ordinary invoices. */
export const referenceWarnings: readonly Rule<OrdinaryBody>[] = [
  {
    code: 'CIG_CUP_MISSING',
    formats: ['FPA12'],
    severity: 'warning',
    where: 'DatiOrdineAcquisto/CodiceCIG, CodiceCUP',
    says: {
      it: 'Una fattura alla pubblica amministrazione non indica né CIG né CUP.',
      en: 'An invoice to a public body names neither CIG nor CUP.',
    },
    fix: {
      it: "Indicare CodiceCIG o CodiceCUP in DatiOrdineAcquisto o DatiContratto, se l'ufficio li ha comunicati: senza, può rifiutare la fattura e non può pagarla (DL 66/2014, art. 25).",
      en: 'Give CodiceCIG or CodiceCUP in DatiOrdineAcquisto or DatiContratto, if the office told them: without them it may refuse the invoice and cannot pay it (DL 66/2014, art. 25).',
    },
    *find(body): Iterable<Found> {
      if (selfIssued.has(body.general.TipoDocumento) || namesTender(body)) return;
      yield { path: 'DatiGenerali/DatiOrdineAcquisto[1]/CodiceCIG' };
    },
  },
  {
    code: 'LINE_NUMBER_REPEATED',
    formats: ordinaryFormats,
    severity: 'warning',
    where: 'DettaglioLinee/NumeroLinea',
    says: { it: 'Due linee hanno lo stesso numero.', en: 'Two lines have the same number.' },
    fix: { it: 'Numerare le linee da 1 in poi.', en: 'Number the lines from 1 on.' },
    find: repeatedNumbers,
  },
];
