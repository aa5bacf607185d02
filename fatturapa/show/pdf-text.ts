// fatturapa: texts in the letters that a PDF's built-in fonts have (WinAnsi: Latin-1 and a few signs more).
import { plainText } from './plain-text.ts';

/** Stands in the place of a character that the fonts do not have, so that a reader sees that something is missing. */
export const missingMark = '[?]';

// ISO 32000-1 Annex D.2, WinAnsiEncoding: Latin-1 without its controls, and the signs of 0x80–0x9f.
const notWinAnsi =
  /[^\u0020-\u007e\u00a0-\u00ff\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013\u2014\u2018-\u201a\u201c-\u201e\u2020-\u2022\u2026\u2030\u2039\u203a\u20ac\u2122]/gu;

/**
 * Writes a text with the built-in fonts' letters.
 * @param text any text
 * @returns the text, each other character replaced by a visible mark
 */
export function pdfText(text: string): string {
  return plainText(text).replaceAll(notWinAnsi, missingMark);
}
