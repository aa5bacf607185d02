// fatturapa: the XML declaration at the start of a file (XML 1.0 §2.8).
import { XmlError } from './xml-events.ts';

const declaration =
  /<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*(?:"1\.\d+"|'1\.\d+')(?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*(?:"[A-Za-z][\w.-]*"|'[A-Za-z][\w.-]*'))?(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*(?:"(?:yes|no)"|'(?:yes|no)'))?[ \t\r\n]*\?>/y;

/**
 * Steps over the declaration, if there is one.
 * @param text the whole text
 * @param from where the file starts, behind a byte order mark
 * @returns the offset behind the declaration, or `from`
 * @throws XmlError for a declaration that is not right
 */
export function scanDeclaration(text: string, from: number): number {
  if (!text.startsWith('<?xml', from) || !/[ \t\r\n?]/.test(text.charAt(from + 5))) return from;
  declaration.lastIndex = from;
  if (declaration.test(text)) return declaration.lastIndex;
  throw new XmlError(
    {
      it: 'La dichiarazione all\'inizio del file non è valida: deve essere <?xml version="1.0" encoding="UTF-8"?>.',
      en: 'The declaration at the start of the file is not right: it must be <?xml version="1.0" encoding="UTF-8"?>.',
    },
    from,
  );
}
