// fatturapa: the ordinary invoice, FPA12 and FPR12, as schema 1.2.3 orders it.
import { allegati } from './allegati.ts';
import { cedentePrestatore, rappresentanteFiscale } from './cedente-prestatore.ts';
import { cessionarioCommittente } from './cessionario-committente.ts';
import { formatoTrasmissione } from './codes/formato-trasmissione.ts';
import { soggettoEmittente } from './codes/soggetto-emittente.ts';
import { datiBeniServizi } from './dati-beni-servizi.ts';
import { datiGenerali } from './dati-generali.ts';
import { datiPagamento } from './dati-pagamento.ts';
import { datiTrasmissione } from './dati-trasmissione.ts';
import { datiVeicoli } from './dati-veicoli.ts';
import { any, block, one, optional, some, type BlockValue, type DocumentSchema, type ValueOf } from './schema.ts';
import { terzoIntermediario } from './terzo-intermediario.ts';

const header = block({
  DatiTrasmissione: one(datiTrasmissione, 'Trasmissione del file', 'By whom and to whom the file is sent'),
  CedentePrestatore: one(cedentePrestatore, 'Cedente/prestatore: chi vende', 'The supplier'),
  RappresentanteFiscale: optional(
    rappresentanteFiscale,
    'Rappresentante fiscale del cedente/prestatore',
    "The supplier's tax representative",
  ),
  CessionarioCommittente: one(cessionarioCommittente, 'Cessionario/committente: chi compra', 'The customer'),
  TerzoIntermediarioOSoggettoEmittente: optional(
    terzoIntermediario,
    'Chi emette il documento per conto del cedente/prestatore',
    'Who issues the document for the supplier',
  ),
  SoggettoEmittente: optional(
    soggettoEmittente,
    'Chi ha emesso il documento, se non il cedente/prestatore',
    'Who issued the document, if not the supplier',
  ),
});

const body = block({
  DatiGenerali: one(datiGenerali, 'Dati generali del documento', 'What holds for the whole document'),
  DatiBeniServizi: one(datiBeniServizi, 'Beni e servizi', 'Goods and services'),
  DatiVeicoli: optional(
    datiVeicoli,
    'Veicoli nuovi ceduti in altri Paesi UE',
    'New vehicles sold to other EU countries',
  ),
  DatiPagamento: any(datiPagamento, 'Pagamento', 'Payment'),
  Allegati: any(allegati, 'File allegati', 'Attached files'),
});

/** The schema of the ordinary invoice. */
export const ordinary = {
  root: 'FatturaElettronica',
  namespace: 'http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2',
  versions: Object.keys(formatoTrasmissione.codes),
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

/** What all documents of an ordinary file share. */
export type FatturaElettronicaHeader = BlockValue<typeof header.rows>;
/** One document of an ordinary file. */
export type FatturaElettronicaBody = BlockValue<typeof body.rows>;
/** A whole ordinary file: the root's attributes and elements. */
export type FatturaElettronica = BlockValue<typeof ordinary.block.rows> & {
  versione: ValueOf<typeof formatoTrasmissione>;
  SistemaEmittente?: string;
};
