// dbmanager: which texts the store can keep as they are, and which of them a header can carry too.

/**
 * Says whether a text can be stored and found again unchanged: no U+0000, no half characters, short enough for an index.
 * @param text any text
 * @param lengthMax the most UTF-16 units
 */
export function isStorable(text: string, lengthMax: number): boolean {
  return text.length <= lengthMax && !text.includes('\u0000') && text.isWellFormed();
}

/**
 * Makes a text storable: what the store cannot keep is shown as what it is, a character that we do not know.
 * @param text any text
 * @param lengthMax the most UTF-16 units; the rest is cut off
 */
export function storableText(text: string, lengthMax: number): string {
  return text.slice(0, lengthMax).toWellFormed().replaceAll('\u0000', '\ufffd');
}

/**
 * Says whether a text can be a correlation id: it travels in headers of HTTP and mail, so only printable ASCII without
 * blanks will do (the receiver's rule too).
 * @param text any text
 */
export function isCorrelationId(text: string): boolean {
  return /^[\x21-\x7e]{1,200}$/.test(text);
}

/**
 * Says whether a text can be an Idempotency-Key; an empty one would make one invoice of different documents.
 * @param text the header's value
 */
export function isIdempotencyKey(text: string): boolean {
  return /^[\x20-\x7e]{1,255}$/.test(text);
}

/**
 * Says whether a text can name a file: no separators and no control characters, since it may become an attachment's name.
 * @param text any text
 */
export function isFileName(text: string): boolean {
  return isStorable(text, 255) && /^[^/\\\p{Cc}]+$/u.test(text);
}
