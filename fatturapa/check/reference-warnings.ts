// fatturapa: warnings on order references, line numbers and attachments, which SdI lets through.
import { lineAt, type OrdinaryBody } from './ordinary-body.ts';
import { ordinaryFormats, type Format, type Found, type Rule } from './rule.ts';
import type { SimplifiedBody } from './simplified-body.ts';

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

/** Characters that no name of a file has on every system, and folders. */
const oddName = /[\\/:*?"<>|]|^\.|[\u0000-\u001f]/;
const everyBody: readonly Format[] = ['FPA12', 'FPR12', 'FSM10'];

/** Warnings on attachments of either format. */
export const attachmentWarnings: readonly Rule<OrdinaryBody | SimplifiedBody>[] = [
  {
    code: 'ATTACHMENT_EMPTY',
    formats: everyBody,
    severity: 'warning',
    where: 'Allegati/Attachment',
    says: { it: 'Un allegato è vuoto.', en: 'An attachment is empty.' },
    fix: { it: 'Allegare di nuovo il file, o togliere Allegati.', en: 'Attach the file again, or drop Allegati.' },
    *find({ body }): Iterable<Found> {
      for (const [index, { Attachment, NomeAttachment }] of (body.Allegati ?? []).entries()) {
        // Nothing that short is a file, and longer texts are not worth looking through for blanks.
        if (Attachment.length > 100 || Attachment.trim() !== '') continue;
        const because = { it: `È «${NomeAttachment}».`, en: `It is "${NomeAttachment}".` };
        yield { path: `Allegati[${index + 1}]/Attachment`, because };
      }
    },
  },
  {
    code: 'ATTACHMENT_NAME',
    formats: everyBody,
    severity: 'warning',
    where: 'Allegati/NomeAttachment',
    says: {
      it: "Il nome di un allegato non basta per aprirlo: manca l'estensione, o contiene caratteri che i sistemi rifiutano.",
      en: 'The name of an attachment is not enough to open it: it has no extension, or characters that systems refuse.',
    },
    fix: {
      it: 'Dare al file un nome semplice con la sua estensione, per esempio contratto.pdf.',
      en: 'Give the file a plain name with its extension, for example contract.pdf.',
    },
    *find({ body }): Iterable<Found> {
      for (const [index, { NomeAttachment: value, FormatoAttachment }] of (body.Allegati ?? []).entries()) {
        const isPlain = value.includes('.') || FormatoAttachment !== undefined;
        if (!isPlain || oddName.test(value)) yield { path: `Allegati[${index + 1}]/NomeAttachment`, value };
      }
    },
  },
];
