// fatturapa: the few things that the hub itself needs to know of a document, whether its format is right or not.
import { Total } from './check/exact.ts';
import { figure } from './check/figures.ts';

/** A party of the document, as far as it says who it is. */
export interface Party {
  name?: string;
  idPaese?: string;
  idCodice?: string;
  codiceFiscale?: string;
}

/** One body of a lot: what identifies a document. Texts as they stand in the XML, trimmed. */
export interface EnvelopeBody {
  tipoDocumento?: string;
  divisa?: string;
  data?: string;
  numero?: string;
  /**
   * What the document comes to: ImportoTotaleDocumento, which is optional; else taxable amounts and VAT of DatiRiepilogo, or of a
   * simplified invoice the sum of Importo. An exact decimal where it was reckoned; absent where an amount is no decimal.
   */
  totale?: string;
}

/** What stands on the outside of a document. */
export interface Envelope {
  format: 'ordinary' | 'simplified';
  versione?: string;
  transmitter: { idPaese?: string; idCodice?: string };
  progressivoInvio?: string;
  codiceDestinatario?: string;
  pecDestinatario?: string;
  supplier: Party;
  customer: Party;
  /** TerzoIntermediarioOSoggettoEmittente. */
  intermediary?: Party;
  /** SoggettoEmittente: `CC` the buyer, `TZ` a third party; absent where the supplier writes itself. */
  writtenBy?: string;
  bodies: EnvelopeBody[];
}

/** More than any of the wanted elements may hold by the schema (Denominazione 80), and little enough to store and show. */
const textLengthMax = 500;

function blockAt(value: unknown, ...names: readonly string[]): Readonly<Record<string, unknown>> {
  let block: unknown = value;
  for (const name of names) block = (block as Record<string, unknown> | undefined)?.[name];
  return typeof block === 'object' && block !== null ? (block as Record<string, unknown>) : {};
}

function textOf(block: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const text = block[name];
  return typeof text === 'string' ? text.trim().slice(0, textLengthMax) || undefined : undefined;
}

/** Sets the given properties that have a value. */
function filled<T extends object>(of: { [K in keyof T]?: T[K] | undefined }): T {
  const kept: Partial<T> = {};
  for (const name in of) if (of[name] !== undefined) kept[name] = of[name];
  return kept as T;
}

function nameIn(block: Readonly<Record<string, unknown>>): string | undefined {
  const person = [textOf(block, 'Nome'), textOf(block, 'Cognome')].filter((part) => part !== undefined).join(' ');
  return textOf(block, 'Denominazione') ?? (person === '' ? undefined : person);
}

/** The ordinary invoice keeps parties in DatiAnagrafici/Anagrafica, the simplified one flat or in blocks of its own. */
function partyOf(party: Readonly<Record<string, unknown>>): Party {
  const places = [blockAt(party, 'DatiAnagrafici'), blockAt(party, 'IdentificativiFiscali'), party];
  const names = [blockAt(party, 'DatiAnagrafici', 'Anagrafica'), blockAt(party, 'AltriDatiIdentificativi'), party];
  const first = (blocks: typeof places, name: string) =>
    blocks.map((block) => textOf(block, name)).find((text) => text);
  const vat = places.map((block) => blockAt(block, 'IdFiscaleIVA'));
  return filled<Party>({
    name: names.map(nameIn).find((name) => name !== undefined),
    idPaese: first(vat, 'IdPaese'),
    idCodice: first(vat, 'IdCodice'),
    codiceFiscale: first(places, 'CodiceFiscale'),
  });
}

/** Longer than the amounts of any invoice, and short enough to be added in time. */
const amountForm = /^-?\d{1,15}\.\d{2,8}$/;

function rowsOf(block: unknown): readonly unknown[] {
  return Array.isArray(block) ? block : [];
}

/** Adds amounts of rows; undefined where there are none or one of them is no decimal. */
function sumIn(rows: readonly unknown[], names: readonly string[]): string | undefined {
  const sum = new Total();
  for (const row of rows) {
    for (const name of names) {
      const amount = textOf(blockAt(row), name);
      if (amount === undefined || !amountForm.test(amount)) return undefined;
      sum.add(amount);
    }
  }
  return rows.length === 0 ? undefined : figure(sum.units).en;
}

/** Without stamp duty and rounding, which are within the total of some programs only (as the checks on totals allow). */
function reckonedTotal(format: Envelope['format'], body: unknown): string | undefined {
  if (format === 'simplified') return sumIn(rowsOf(blockAt(body)['DatiBeniServizi']), ['Importo']);
  const summaries = rowsOf(blockAt(body, 'DatiBeniServizi')['DatiRiepilogo']);
  return sumIn(summaries, ['ImponibileImporto', 'Imposta']);
}

function bodyOf(format: Envelope['format'], body: unknown): EnvelopeBody {
  const general = blockAt(body, 'DatiGenerali', 'DatiGeneraliDocumento');
  return filled<EnvelopeBody>({
    tipoDocumento: textOf(general, 'TipoDocumento'),
    divisa: textOf(general, 'Divisa'),
    data: textOf(general, 'Data'),
    numero: textOf(general, 'Numero'),
    totale: textOf(general, 'ImportoTotaleDocumento') ?? reckonedTotal(format, body),
  });
}

/**
 * Takes the envelope out of a document.
 * @param format which of the two schemas the root named
 * @param document the object that the reader built, complete or not
 */
export function envelopeOf(format: Envelope['format'], document: Readonly<Record<string, unknown>>): Envelope {
  const header = blockAt(document, 'FatturaElettronicaHeader');
  const transmission = blockAt(header, 'DatiTrasmissione');
  const transmitter = blockAt(transmission, 'IdTrasmittente');
  const bodies = document['FatturaElettronicaBody'];
  const intermediary = header['TerzoIntermediarioOSoggettoEmittente'];
  const outside = filled<Omit<Envelope, 'format' | 'transmitter' | 'supplier' | 'customer' | 'bodies'>>({
    versione: textOf(document, 'versione'),
    progressivoInvio: textOf(transmission, 'ProgressivoInvio'),
    codiceDestinatario: textOf(transmission, 'CodiceDestinatario'),
    pecDestinatario: textOf(transmission, 'PECDestinatario'),
    intermediary: intermediary === undefined ? undefined : partyOf(blockAt(intermediary)),
    writtenBy: textOf(header, 'SoggettoEmittente'),
  });
  return {
    format,
    ...outside,
    transmitter: filled({ idPaese: textOf(transmitter, 'IdPaese'), idCodice: textOf(transmitter, 'IdCodice') }),
    supplier: partyOf(blockAt(header, 'CedentePrestatore')),
    customer: partyOf(blockAt(header, 'CessionarioCommittente')),
    bodies: Array.isArray(bodies) ? bodies.map((body) => bodyOf(format, body)) : [],
  };
}
