// fatturapa: where an offset of a text lies for a person: line and column.

/** A place in a text, both from 1; columns count characters (code points). */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

function charactersBetween(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = from; at < to; at++) {
    const unit = text.charCodeAt(at);
    // The second half of a pair belongs to the character before it.
    if (unit < 0xdc00 || unit > 0xdfff) count++;
  }
  return count;
}

/**
 * Finds the places of offsets in one pass over the text.
 * @param text the whole text; lines end with CR, LF or CRLF; a byte order mark at its start is no character
 * @param offsets in UTF-16 units, in any order
 * @returns the places by offset
 */
export function placesOf(text: string, offsets: Iterable<number>): Map<number, TextPlace> {
  const places = new Map<number, TextPlace>();
  const ends = /\r\n|\r|\n/g;
  let line = 1;
  let lineStart = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  let next = ends.exec(text);
  for (const offset of [...new Set(offsets)].sort((a, b) => a - b)) {
    while (next && next.index < offset) {
      line++;
      lineStart = ends.lastIndex;
      next = ends.exec(text);
    }
    places.set(offset, { line, column: charactersBetween(text, lineStart, Math.max(offset, lineStart)) + 1 });
  }
  return places;
}
