// fatturapa: the documents that a document refers to, all kinds in one table.
import type { Loose, LooseBody } from './loose.ts';
import type { DatiGenerali } from '../schema/dati-generali.ts';
import type { Cell, TableSection } from './sheet.ts';
import { cell, joined, listOf, tableOf, type ColumnPlan, type Voice } from './voice.ts';
import type { Word } from './words.ts';

type General = Loose<DatiGenerali>;
type Reference = NonNullable<General['DatiContratto']>[number];

const plan: readonly ColumnPlan[] = [
  ['kind', 26],
  ['documentNumber', 18],
  ['documentDate', 12],
  ['lineNumbers', 10],
  ['item', 10],
  ['jobCode', 16],
  ['cup', 16],
  ['cig', 14],
];

/** XML name → what it is called, in the XML's order. */
const kinds = [
  ['DatiOrdineAcquisto', 'order'],
  ['DatiContratto', 'contract'],
  ['DatiConvenzione', 'agreement'],
  ['DatiRicezione', 'receipt'],
  ['DatiFattureCollegate', 'linkedInvoice'],
] as const satisfies readonly (readonly [keyof General, Word])[];

function lineList(numbers: readonly string[] | undefined, voice: Voice): string {
  return joined(
    listOf(numbers).map((number) => voice.text(number)),
    ', ',
  );
}

function referenceRow(voice: Voice, kind: Word, reference: Reference): Cell[] {
  return [
    cell(voice.say(kind)),
    cell(voice.text(reference.IdDocumento)),
    cell(voice.date(reference.Data)),
    cell(lineList(reference.RiferimentoNumeroLinea, voice)),
    cell(voice.text(reference.NumItem)),
    cell(voice.text(reference.CodiceCommessaConvenzione)),
    cell(voice.text(reference.CodiceCUP)),
    cell(voice.text(reference.CodiceCIG)),
  ];
}

function otherRows(voice: Voice, general: General): Cell[][] {
  const main = general.FatturaPrincipale;
  const rows: [Word, string, string, string][] = [
    ...listOf(general.DatiSAL).map((sal): [Word, string, string, string] => {
      return ['workProgress', joined([voice.say('phase'), voice.text(sal.RiferimentoFase)]), '', ''];
    }),
    ...listOf(general.DatiDDT).map((note): [Word, string, string, string] => {
      const lines = lineList(note.RiferimentoNumeroLinea, voice);
      return ['deliveryNote', voice.text(note.NumeroDDT), voice.date(note.DataDDT), lines];
    }),
  ];
  if (main) {
    rows.push(['mainInvoice', voice.text(main.NumeroFatturaPrincipale), voice.date(main.DataFatturaPrincipale), '']);
  }
  return rows.map(([kind, ...texts]) => [
    cell(voice.say(kind)),
    ...[...texts, '', '', '', ''].map((text) => cell(text)),
  ]);
}

/**
 * Shows orders, contracts, agreements, receipts, linked invoices, work progress, delivery notes and the main invoice.
 * @param voice the language
 * @param body one body of an ordinary document
 */
export function referencesOf(voice: Voice, body: LooseBody): TableSection[] {
  const general = body.DatiGenerali ?? {};
  const rows = kinds.flatMap(([name, kind]) =>
    listOf(general[name]).map((reference) => referenceRow(voice, kind, reference)),
  );
  return tableOf(voice, 'references', plan, [...rows, ...otherRows(voice, general)]);
}
