// fatturapa: texts of a document made harmless for any page: no controls, no terminal escapes, no reversed writing.

// C0 and C1 controls, line and paragraph separators; what reverses or hides writing (Unicode TR9 §2, TR36 §2.1.2); lone surrogates.
const blanks = /[\t\n\r\u0085\u2028\u2029]+/g;
const hidden = /[\u0000-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;
const needsWork = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]/;

/**
 * Makes a text harmless: line breaks become blanks; every other control, and what reverses or hides writing, becomes U+FFFD,
 * so that a reader sees that something was there.
 * @param text any text
 * @returns the text in one line, well-formed UTF-16
 */
export function plainText(text: string): string {
  if (!needsWork.test(text)) return text;
  return text.replaceAll(blanks, ' ').replaceAll(hidden, '\ufffd').toWellFormed();
}
