// fatturapa: texts that are longer than their element, in several of them.

/**
 * Splits a text at blanks.
 * @param text any text
 * @param lengthMax the most characters of a piece; a word that is longer is cut
 * @returns the pieces, none of them empty
 */
export function splitText(text: string, lengthMax: number): string[] {
  const pieces: string[] = [];
  let rest = text.trim();
  while (rest.length > lengthMax) {
    const blank = rest.lastIndexOf(' ', lengthMax);
    const end = blank > 0 ? blank : lengthMax;
    pieces.push(rest.slice(0, end).trimEnd());
    rest = rest.slice(end).trimStart();
  }
  return rest === '' ? pieces : [...pieces, rest];
}
