// fatturapa: what is withheld from a payment.
import { codeType } from '../code-type.ts';

/** TipoRitenuta, 2.1.1.5.1. */
export const tipoRitenuta = codeType('TipoRitenuta', {
  RT01: { it: 'Ritenuta di acconto, persone fisiche', en: 'Withholding tax, persons' },
  RT02: { it: 'Ritenuta di acconto, persone giuridiche', en: 'Withholding tax, legal persons' },
  RT03: { it: 'Contributo INPS', en: 'INPS contribution' },
  RT04: { it: 'Contributo Enasarco', en: 'Enasarco contribution (agents)' },
  RT05: { it: 'Contributo ENPAM', en: 'ENPAM contribution (doctors)' },
  RT06: { it: 'Altro contributo previdenziale', en: 'Another social contribution' },
});
