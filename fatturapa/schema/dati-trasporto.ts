// fatturapa: chapter 2.1.9 of the ordinary invoice, how the goods travel.
import { anagrafica } from './anagrafica.ts';
import { idFiscale } from './id-fiscale.ts';
import { indirizzo } from './indirizzo.ts';
import { block, one, optional } from './schema.ts';
import { basicLatinText, date, dateTime, deliveryTerm, latinText, taxCode, weight, wholeNumber } from './text-types.ts';

const datiAnagraficiVettore = block({
  IdFiscaleIVA: one(idFiscale, 'Partita IVA del vettore', "Carrier's VAT number"),
  CodiceFiscale: optional(taxCode, 'Codice fiscale del vettore', "Carrier's tax code"),
  Anagrafica: one(anagrafica, 'Denominazione, oppure nome e cognome', 'Name of the firm or the person'),
  NumeroLicenzaGuida: optional(
    basicLatinText(1, 20),
    'Numero della patente o licenza di guida',
    "Driver's licence number",
  ),
});

/** DatiTrasporto, 2.1.9. */
export const datiTrasporto = block({
  DatiAnagraficiVettore: optional(datiAnagraficiVettore, 'Chi è il vettore', 'Who the carrier is'),
  MezzoTrasporto: optional(latinText(1, 80), 'Mezzo di trasporto', 'Means of transport'),
  CausaleTrasporto: optional(latinText(1, 100), 'Causale del trasporto', 'Reason of the transport'),
  NumeroColli: optional(wholeNumber(1, 4), 'Numero dei colli', 'Number of packages'),
  Descrizione: optional(latinText(1, 100), 'Natura, qualità e quantità dei beni trasportati', 'What is transported'),
  UnitaMisuraPeso: optional(basicLatinText(1, 10), 'Unità di misura del peso', 'Unit of the weight'),
  PesoLordo: optional(weight, 'Peso lordo', 'Gross weight'),
  PesoNetto: optional(weight, 'Peso netto', 'Net weight'),
  DataOraRitiro: optional(dateTime, 'Data e ora del ritiro della merce', 'When the goods were collected'),
  DataInizioTrasporto: optional(date, 'Data di inizio del trasporto', 'Day on which the transport begins'),
  TipoResa: optional(deliveryTerm, 'Termine di resa (Incoterms)', 'Delivery term (Incoterms)'),
  IndirizzoResa: optional(indirizzo, 'Indirizzo di resa', 'Address of delivery'),
  DataOraConsegna: optional(dateTime, 'Data e ora della consegna della merce', 'When the goods were delivered'),
});
