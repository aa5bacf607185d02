// sandbox: names of files that strangers chose, made fit for notices and mails.

const nameMax = 50;

/**
 * Makes a name that may stand in a notice and name a file; a right name stays as it is.
 * @param name whatever it was
 * @returns letters, digits, `_`, `.` and `-` only, at most 50 (NomeFile)
 */
export function safeName(name: string): string {
  const last = name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
  const plain = last.replace(/[^A-Za-z0-9_.-]/g, '_').replace(/^\.+/, '_');
  return plain === '' ? 'senza_nome.xml' : plain.slice(0, nameMax);
}

/**
 * Makes a text that XML can hold and a notice has room for.
 * @param text from a document, a rule or a mail
 * @param max how many characters
 */
export function plainText(text: string, max: number): string {
  const held = text.toWellFormed().replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '?');
  return [...held].slice(0, max).join('');
}
