// fatturapa: the attribute of the root besides `versione`, alike in both formats.
import { basicLatinText } from './text-types.ts';

/** SistemaEmittente: the software that made the file; optional. */
export const sistemaEmittente = basicLatinText(1, 10);
