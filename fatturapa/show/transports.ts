// fatturapa: the transport of the goods, and new vehicles sold to other EU countries.
import type { LooseBody } from './loose.ts';
import { addressLines, carrierText } from './parties.ts';
import type { Fact, FactsSection } from './sheet.ts';
import { factsOf, joined, type Voice } from './voice.ts';
import type { Word } from './words.ts';

function section(voice: Voice, id: Word, facts: readonly Fact[]): FactsSection[] {
  return facts.length === 0 ? [] : [{ kind: 'facts', id, title: voice.say(id), facts }];
}

function transportFacts(voice: Voice, transport: NonNullable<LooseBody['DatiGenerali']>['DatiTrasporto']): Fact[] {
  const carrier = transport?.DatiAnagraficiVettore;
  const unit = voice.text(transport?.UnitaMisuraPeso);
  const weight = (value: string | undefined) => joined([voice.quantity(value), value && unit ? unit : '']);
  return factsOf(voice, [
    ['carrier', carrierText(voice, carrier)],
    ['licence', voice.text(carrier?.NumeroLicenzaGuida)],
    ['vehicle', voice.text(transport?.MezzoTrasporto)],
    ['transportReason', voice.text(transport?.CausaleTrasporto)],
    ['packages', voice.text(transport?.NumeroColli)],
    ['description', voice.text(transport?.Descrizione)],
    ['grossWeight', weight(transport?.PesoLordo)],
    ['netWeight', weight(transport?.PesoNetto)],
    ['pickedUp', voice.moment(transport?.DataOraRitiro)],
    ['transportStart', voice.date(transport?.DataInizioTrasporto)],
    ['delivery', voice.text(transport?.TipoResa)],
    ['deliveryAddress', joined(addressLines(voice, transport?.IndirizzoResa), ', ')],
    ['delivered', voice.moment(transport?.DataOraConsegna)],
  ]);
}

/**
 * Shows transport and vehicles.
 * @param voice the language
 * @param body one body of an ordinary document
 */
export function transportsOf(voice: Voice, body: LooseBody): FactsSection[] {
  const vehicles = factsOf(voice, [
    ['registered', voice.date(body.DatiVeicoli?.Data)],
    ['travelled', voice.text(body.DatiVeicoli?.TotalePercorso)],
  ]);
  return [
    ...section(voice, 'transport', transportFacts(voice, body.DatiGenerali?.DatiTrasporto)),
    ...section(voice, 'vehicles', vehicles),
  ];
}
