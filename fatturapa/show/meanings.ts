// fatturapa: what the codes of a document mean, for both formats.
import type { Sentence } from '../finding.ts';
import { causalePagamento } from '../schema/codes/causale-pagamento.ts';
import { condizioniPagamento } from '../schema/codes/condizioni-pagamento.ts';
import { esigibilitaIVA } from '../schema/codes/esigibilita-iva.ts';
import { formatoTrasmissione } from '../schema/codes/formato-trasmissione.ts';
import { modalitaPagamento } from '../schema/codes/modalita-pagamento.ts';
import { natura } from '../schema/codes/natura.ts';
import { regimeFiscale } from '../schema/codes/regime-fiscale.ts';
import { simplifiedFormatoTrasmissione } from '../schema/codes/simplified-formato-trasmissione.ts';
import { simplifiedTipoDocumento } from '../schema/codes/simplified-tipo-documento.ts';
import { socioUnico } from '../schema/codes/socio-unico.ts';
import { soggettoEmittente } from '../schema/codes/soggetto-emittente.ts';
import { statoLiquidazione } from '../schema/codes/stato-liquidazione.ts';
import { tipoCassa } from '../schema/codes/tipo-cassa.ts';
import { tipoCessionePrestazione } from '../schema/codes/tipo-cessione-prestazione.ts';
import { tipoDocumento } from '../schema/codes/tipo-documento.ts';
import { tipoRitenuta } from '../schema/codes/tipo-ritenuta.ts';
import { tipoScontoMaggiorazione } from '../schema/codes/tipo-sconto-maggiorazione.ts';
import type { Lang } from './sheet.ts';

/** CodiceDestinatario's values that are no office's or channel's own (domain rules of SdI, Allegato A §1.5). */
const recipients: Readonly<Record<string, Sentence>> = {
  '0000000': {
    it: 'nessun codice: recapito per PEC, per il canale registrato o nell’area riservata',
    en: 'no code: by PEC, by the registered channel, or in the reserved area',
  },
  XXXXXXX: { it: 'cliente estero', en: 'customer abroad' },
  '999999': { it: 'ufficio non presente in IPA', en: 'office that IPA does not list' },
  '2R4GTO8': { it: 'Repubblica di San Marino', en: 'Republic of San Marino' },
};

const lists = {
  documentType: { ...tipoDocumento.codes, ...simplifiedTipoDocumento.codes },
  format: { ...formatoTrasmissione.codes, ...simplifiedFormatoTrasmissione.codes },
  regime: regimeFiscale.codes,
  nature: natura.codes,
  paymentTerms: condizioniPagamento.codes,
  paymentMethod: modalitaPagamento.codes,
  paymentReason: causalePagamento.codes,
  vatDue: esigibilitaIVA.codes,
  fund: tipoCassa.codes,
  withholding: tipoRitenuta.codes,
  lineKind: tipoCessionePrestazione.codes,
  discount: tipoScontoMaggiorazione.codes,
  issuer: soggettoEmittente.codes,
  shareholders: socioUnico.codes,
  liquidation: statoLiquidazione.codes,
  recipient: recipients,
} satisfies Record<string, Readonly<Record<string, Sentence>> | undefined>;

/** A code list by its subject. */
export type MeaningList = keyof typeof lists;

/**
 * Says what a code means.
 * @param list the list that it stands in
 * @param code any text
 * @param lang the language
 * @returns the meaning, or undefined for a code that the list does not have
 */
export function meaningOf(list: MeaningList, code: string, lang: Lang): string | undefined {
  const codes: Readonly<Record<string, Sentence>> = lists[list] ?? {};
  return Object.hasOwn(codes, code) ? codes[code]?.[lang] : undefined;
}
