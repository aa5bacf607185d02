// fatturapa: whether a company has one member, alike in both formats.
import { codeType } from '../code-type.ts';

/** SocioUnico, 1.2.4.4. */
export const socioUnico = codeType('SocioUnico', {
  SU: { it: 'Socio unico', en: 'One member' },
  SM: { it: 'Più soci', en: 'Several members' },
});
