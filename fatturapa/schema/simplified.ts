// fatturapa: the simplified invoice, FSM10, as schema 1.0.2 orders it.
import { allegati } from './allegati.ts';
import { simplifiedFormatoTrasmissione } from './codes/simplified-formato-trasmissione.ts';
import { soggettoEmittente } from './codes/soggetto-emittente.ts';
import { any, block, one, optional, some, type BlockValue, type DocumentSchema, type ValueOf } from './schema.ts';
import { simplifiedCedentePrestatore } from './simplified-cedente-prestatore.ts';
import { simplifiedCessionarioCommittente } from './simplified-cessionario-committente.ts';
import { simplifiedDatiBeniServizi } from './simplified-dati-beni-servizi.ts';
import { simplifiedDatiGenerali } from './simplified-dati-generali.ts';
import { simplifiedDatiTrasmissione } from './simplified-dati-trasmissione.ts';

const header = block({
  DatiTrasmissione: one(simplifiedDatiTrasmissione, 'Trasmissione del file', 'By whom and to whom the file is sent'),
  CedentePrestatore: one(simplifiedCedentePrestatore, 'Cedente/prestatore: chi vende', 'The supplier'),
  CessionarioCommittente: one(simplifiedCessionarioCommittente, 'Cessionario/committente: chi compra', 'The customer'),
  SoggettoEmittente: optional(
    soggettoEmittente,
    'Chi ha emesso il documento, se non il cedente/prestatore',
    'Who issued the document, if not the supplier',
  ),
});

const body = block({
  DatiGenerali: one(simplifiedDatiGenerali, 'Dati generali del documento', 'What holds for the whole document'),
  DatiBeniServizi: some(simplifiedDatiBeniServizi, 'Beni e servizi', 'Goods and services'),
  Allegati: any(allegati, 'File allegati', 'Attached files'),
});

/** The schema of the simplified invoice. */
export const simplified = {
  root: 'FatturaElettronicaSemplificata',
  namespace: 'http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.0',
  versions: Object.keys(simplifiedFormatoTrasmissione.codes),
  block: block({
    FatturaElettronicaHeader: one(
      header,
      'Dati comuni a tutti i documenti del file',
      'What all documents of the file share',
    ),
    FatturaElettronicaBody: some(
      body,
      'I documenti del file: uno, o più in un lotto',
      'The documents of the file: one, or several in a lot',
    ),
  }),
} satisfies DocumentSchema;

/** One document of a simplified file. */
export type SimplifiedBody = BlockValue<typeof body.rows>;
/** A whole simplified file: the root's attributes and elements. */
export type FatturaElettronicaSemplificata = BlockValue<typeof simplified.block.rows> & {
  versione: ValueOf<typeof simplifiedFormatoTrasmissione>;
  SistemaEmittente?: string;
};
