// fatturapa: how the blanks of a text are treated before it is judged (XML Schema part 2 §4.3.6).
import type { WhiteSpace } from '../schema/schema.ts';

const anyBlankButSpace = /[\t\n\r]/;
const needsCollapse = /^ | $|  |[\t\n\r]/;

/**
 * Treats the blanks of a text.
 * @param text as it stands, line ends made one
 * @param how `preserve` leaves it, `replace` makes each blank a space, `collapse` also drops those around and doubles
 */
export function treatBlanks(text: string, how: WhiteSpace): string {
  if (how === 'preserve') return text;
  if (how === 'replace') return anyBlankButSpace.test(text) ? text.replaceAll(/[\t\n\r]/g, ' ') : text;
  if (!needsCollapse.test(text)) return text;
  return text.replaceAll(/[ \t\n\r]+/g, ' ').replaceAll(/^ | $/g, '');
}

/** Whether a text holds anything but blanks. */
export function isBlank(text: string): boolean {
  return !/[^ \t\n\r]/.test(text);
}
