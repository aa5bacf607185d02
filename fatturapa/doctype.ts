// fatturapa: finds a DOCTYPE in the prolog, in every encoding that a parser would detect, in one pass.

const blanks = /[ \t\r\n]*/y;

function skipBlanks(text: string, at: number): number {
  blanks.lastIndex = at;
  blanks.exec(text);
  return blanks.lastIndex;
}

/** The place behind `mark`, or the end of the text where it never comes. */
function behind(text: string, mark: string, from: number): number {
  const at = text.indexOf(mark, from);
  return at < 0 ? text.length : at + mark.length;
}

function utf16Text(bytes: Buffer, big: boolean): string {
  const even = bytes.subarray(0, bytes.length & ~1);
  return big ? Buffer.from(even).swap16().toString('utf16le') : even.toString('utf16le');
}

/** Markup is ASCII in every encoding but UTF-16, so that one byte a character is enough to find it there. */
function readAsParserWould(bytes: Buffer): string {
  const [first, second] = bytes;
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== undefined && second !== 0))
    return utf16Text(bytes, true);
  if ((first === 0xff && second === 0xfe) || (second === 0 && first !== 0)) return utf16Text(bytes, false);
  const marked = first === 0xef && second === 0xbb && bytes[2] === 0xbf;
  return bytes.toString('latin1', marked ? 3 : 0);
}

/**
 * Says whether an XML file carries a DOCTYPE before its root. Comments and processing instructions are stepped over, so that one
 * that only speaks of a DOCTYPE is none; what starts with anything but markup is no XML and has none.
 * @param file text, or bytes in UTF-8, in a single-byte encoding or in UTF-16, with or without byte order mark
 */
export function hasDoctype(file: string | Uint8Array): boolean {
  const text =
    typeof file === 'string' ? file : readAsParserWould(Buffer.from(file.buffer, file.byteOffset, file.length));
  for (let at = text.charCodeAt(0) === 0xfeff ? 1 : 0; ;) {
    at = skipBlanks(text, at);
    if (text.startsWith('<?', at)) at = behind(text, '?>', at + 2);
    else if (text.startsWith('<!--', at)) at = behind(text, '-->', at + 4);
    else return text.slice(at, at + 9).toLowerCase() === '<!doctype';
  }
}
