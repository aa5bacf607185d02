// fatturapa: the text between tags and in attributes: references resolved (the five of XML and numbers, nothing else), line ends made one.
import { XmlError } from './xml-events.ts';

const named: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', apos: "'", quot: '"' };
const reference = /&(?:#(\d{1,8})|#x([0-9A-Fa-f]{1,8})|([^;&<\s]{1,64}));|&/g;

function isXmlCharacter(code: number): boolean {
  if (code < 0x20) return code === 0x9 || code === 0xa || code === 0xd;
  return code <= 0xd7ff || (code >= 0xe000 && code <= 0xfffd) || (code >= 0x10000 && code <= 0x10ffff);
}

function characterOf(code: number, offset: number): string {
  if (isXmlCharacter(code)) return String.fromCodePoint(code);
  throw new XmlError(
    {
      it: `Il riferimento numerico a U+${code.toString(16).toUpperCase()} non indica un carattere ammesso.`,
      en: `The reference to U+${code.toString(16).toUpperCase()} names no character that XML allows.`,
    },
    offset,
  );
}

function entityRefused(written: string, offset: number): XmlError {
  if (written === '&') {
    return new XmlError(
      {
        it: 'La "e commerciale" (&) da sola non è ammessa: va scritta &amp;.',
        en: 'A lone ampersand (&) is not allowed: write &amp;.',
      },
      offset,
    );
  }
  return new XmlError(
    {
      it: `L'entità ${written} non esiste: in una fattura valgono solo &lt; &gt; &amp; &apos; &quot; e i riferimenti numerici.`,
      en: `There is no entity ${written}: only &lt; &gt; &amp; &apos; &quot; and numbers may stand in an invoice.`,
    },
    offset,
  );
}

/**
 * Resolves the references of a piece of text.
 * @param piece the text as written
 * @param offset where it stands, for errors
 * @throws XmlError for a lone `&`, an unknown entity, a number that is no character
 */
export function resolveReferences(piece: string, offset: number): string {
  if (!piece.includes('&')) return piece;
  return piece.replaceAll(reference, (written: string, decimal?: string, hex?: string, name?: string, at?: number) => {
    const place = offset + (at ?? 0);
    if (decimal !== undefined) return characterOf(Number.parseInt(decimal, 10), place);
    if (hex !== undefined) return characterOf(Number.parseInt(hex, 16), place);
    const character = name !== undefined && Object.hasOwn(named, name) ? named[name] : undefined;
    if (character === undefined) throw entityRefused(written, place);
    return character;
  });
}

/**
 * Makes all line ends U+000A (XML 1.0 §2.11), before references are resolved.
 * @param piece text as written
 */
export function withPlainLineEnds(piece: string): string {
  return piece.includes('\r') ? piece.replaceAll(/\r\n?/g, '\n') : piece;
}
