// platform: texts of others as PostgreSQL can keep them: no U+0000, no half characters, bounded. Pure.

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
