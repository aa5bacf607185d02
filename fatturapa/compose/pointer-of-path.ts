// fatturapa: where in the sender's JSON the place of a finding about the made XML is, so that people look at what they wrote.
import type { JsonDocument } from './read-request.ts';

type Shape = JsonDocument['shape'];

/** Place in the XML, without the body's own part → pointer into the shorter shape; `#` is a place counted from 1, the first that fits wins. */
const shortPlaces: readonly (readonly [RegExp, string])[] = [
  [/^DatiTrasmissione\/CodiceDestinatario$/, '/customer/recipientCode'],
  [/^DatiTrasmissione\/PECDestinatario$/, '/customer/pec'],
  [/^CessionarioCommittente\/.*IdFiscaleIVA/, '/customer/vatNumber'],
  [/^CessionarioCommittente\/.*CodiceFiscale$/, '/customer/taxCode'],
  [/^CessionarioCommittente\/.*Denominazione$/, '/customer/name'],
  [/^CessionarioCommittente\/.*Nome$/, '/customer/firstName'],
  [/^CessionarioCommittente\/.*Cognome$/, '/customer/lastName'],
  [/^CessionarioCommittente\/.*Indirizzo$/, '/customer/address/street'],
  [/^CessionarioCommittente\/.*CAP$/, '/customer/address/postcode'],
  [/^CessionarioCommittente\/.*Comune$/, '/customer/address/city'],
  [/^CessionarioCommittente\/.*Provincia$/, '/customer/address/province'],
  [/^CessionarioCommittente\/.*Nazione$/, '/customer/address/country'],
  [/^CessionarioCommittente/, '/customer'],
  [/DatiGeneraliDocumento\/TipoDocumento$/, '/type'],
  [/DatiGeneraliDocumento\/Data$/, '/date'],
  [/DatiGeneraliDocumento\/Numero$/, '/number'],
  [/DatiGeneraliDocumento\/Divisa$/, '/currency'],
  [/DatiGeneraliDocumento\/DatiRitenuta/, '/withholding'],
  [/DatiGeneraliDocumento\/DatiCassaPrevidenziale/, '/socialFund'],
  [/DatiGeneraliDocumento\/(?:DatiBollo|BolloVirtuale)/, '/stampDuty'],
  [/DatiGeneraliDocumento\/Art73$/, '/art73'],
  [/DatiGeneraliDocumento\/Causale/, '/notes'],
  [/DatiOrdineAcquisto/, '/orders'],
  [/DatiContratto/, '/contracts'],
  [/DatiConvenzione/, '/agreements'],
  [/DatiRicezione/, '/receipts'],
  [/DatiFattureCollegate|DatiFatturaRettificata/, '/linkedInvoices'],
  [/DatiDDT/, '/deliveryNotes'],
  [/DettaglioLinee\[(\d+)\]\/Descrizione$/, '/lines/#/description'],
  [/DettaglioLinee\[(\d+)\]\/Quantita$/, '/lines/#/quantity'],
  [/DettaglioLinee\[(\d+)\]\/UnitaMisura$/, '/lines/#/unit'],
  [/DettaglioLinee\[(\d+)\]\/PrezzoUnitario$/, '/lines/#/price'],
  [/DettaglioLinee\[(\d+)\]\/AliquotaIVA$/, '/lines/#/vatRate'],
  [/DettaglioLinee\[(\d+)\]\/Natura$/, '/lines/#/nature'],
  [/DettaglioLinee\[(\d+)\]\/ScontoMaggiorazione/, '/lines/#/discounts'],
  [/DettaglioLinee\[(\d+)\]\/CodiceArticolo/, '/lines/#/codes'],
  [/DettaglioLinee\[(\d+)\]\/Data(?:Inizio|Fine)Periodo$/, '/lines/#/period'],
  [/DettaglioLinee\[(\d+)\]/, '/lines/#'],
  // The simplified invoice has its lines where the ordinary one has their block.
  [/DatiBeniServizi\[(\d+)\]/, '/lines/#'],
  [/DettaglioPagamento.*\/IBAN$/, '/payment/iban'],
  [/DatiPagamento/, '/payment'],
  [/Allegati/, '/attachments'],
];

/**
 * Finds the place in the sender's JSON.
 * @param path of a finding about the XML: names from the root with `/` between, places from 1 in brackets
 * @param shape that the JSON has
 * @returns a JSON pointer (RFC 6901); undefined where the JSON has no such place, as for what comes from the profile
 */
export function pointerOf(path: string, shape: Shape): string | undefined {
  if (shape !== 'short') {
    return `/${path.replaceAll(/\[(\d+)\]/g, (_all, place: string) => `/${Number(place) - 1}`)}`;
  }
  const inside = path.replace(/^FatturaElettronica(?:Header|Body(?:\[\d+\])?)\//, '');
  for (const [form, pointer] of shortPlaces) {
    const found = form.exec(inside);
    if (found) return pointer.replace('#', String(Number(found[1] ?? 1) - 1));
  }
  return undefined;
}
