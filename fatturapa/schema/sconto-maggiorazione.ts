// fatturapa: the block of a discount or surcharge, on a whole document or on a line (ScontoMaggiorazioneType).
import { tipoScontoMaggiorazione } from './codes/tipo-sconto-maggiorazione.ts';
import { block, one, optional } from './schema.ts';
import { amount8, rate } from './text-types.ts';

/** ScontoMaggiorazione, 2.1.1.8 and 2.2.1.10; without Percentuale and Importo SdI refuses it (00437, 00438). */
export const scontoMaggiorazione = block({
  Tipo: one(tipoScontoMaggiorazione, 'Se è uno sconto o una maggiorazione', 'Whether it is a discount or a surcharge'),
  Percentuale: optional(rate, 'Percentuale di sconto o maggiorazione', 'Percentage off or on'),
  Importo: optional(
    amount8,
    "Importo di sconto o maggiorazione, sulle linee per unità; se c'è vale al posto di Percentuale",
    'Amount off or on, per unit on lines; it wins over Percentuale',
  ),
});
