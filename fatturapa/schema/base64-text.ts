// fatturapa: whether a text is base64 as XML Schema writes it, cheaply for attachments of megabytes.

/** The form of base64, without counting its characters. */
export const base64Pattern = '^[A-Za-z0-9+/ ]*(?:= ?){0,2}$';

// Each is one run of one class of characters, so that nothing is tried twice.
const withoutBlanks = /^[A-Za-z0-9+/]*$/;
const withBlanks = /^[A-Za-z0-9+/ ]*$/;
const padding = /(?: ?=){0,2}$/;

/** What the last character before the padding may be, by the number of `=`: the bits that nobody reads are zero. */
const lastBeforePadding = [/^/, /[AEIMQUYcgkosw048]$/, /[AQgw]$/];

/**
 * Whether a text is an `xs:base64Binary` (XML Schema part 2 §3.2.16): groups of four characters, single blanks between
 * any two, one or two `=` at the end whose unused bits are zero. The empty text is empty content.
 * @param text with blanks collapsed; line breaks are blanks by then
 */
export function isBase64(text: string): boolean {
  const end = padding.exec(text.slice(-4))?.[0] ?? '';
  const body = text.slice(0, text.length - end.length);
  const padded = end.replaceAll(' ', '').length;
  if (!lastBeforePadding[padded]?.test(body.slice(-1))) return false;
  if (withoutBlanks.test(body)) return (body.length + padded) % 4 === 0;
  return withBlanks.test(body) && (body.length - countBlanks(body) + padded) % 4 === 0;
}

function countBlanks(text: string): number {
  let blanks = 0;
  for (let at = text.indexOf(' '); at !== -1; at = text.indexOf(' ', at + 1)) blanks += 1;
  return blanks;
}
