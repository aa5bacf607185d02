// dbmanager: which texts the store can keep as they are: no U+0000, no half characters, and short enough for an index.

/**
 * Says whether a text can be stored and found again unchanged.
 * @param text any text
 * @param lengthMax the most UTF-16 units
 */
export function isStorable(text: string, lengthMax: number): boolean {
  return text.length <= lengthMax && !text.includes('\u0000') && text.isWellFormed();
}
