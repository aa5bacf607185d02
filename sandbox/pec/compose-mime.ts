// sandbox: writes mails and their parts (RFC 5322, 2045, 2047), lines with CRLF.

/** A part of a mail: headers without the blank line, and the body. */
export interface Entity {
  readonly headers: readonly string[];
  readonly body: Buffer;
}

const lineLength = 76;

/** A header's text: as it is where it is printable ASCII, else as encoded words; line breaks become blanks. */
export function headerText(text: string): string {
  const line = text.toWellFormed().replaceAll(/[\r\n\t]+/g, ' ');
  if (/^[\x20-\x7e]*$/.test(line) && !line.includes('=?')) return line;
  const words: string[] = [];
  let word = '';
  for (const character of line) {
    // An encoded word has 75 characters at most (RFC 2047 §2): 45 bytes in base64 leave room for its frame.
    if (Buffer.byteLength(word + character) > 45) {
      words.push(word);
      word = '';
    }
    word += character;
  }
  return [...words, word].map((each) => `=?utf-8?B?${Buffer.from(each).toString('base64')}?=`).join('\r\n ');
}

/** An instant as a mail's Date, in UTC. */
export function headerDate(at: Date): string {
  return at.toUTCString().replace('GMT', '+0000');
}

function quotedPrintable(text: string): string {
  let coded = '';
  let length = 0;
  for (const byte of Buffer.from(text.toWellFormed())) {
    const isPlain = byte >= 0x20 && byte <= 0x7e && byte !== 0x3d;
    const code = isPlain ? String.fromCharCode(byte) : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    const isEnd = byte === 0x0a;
    // A line that is too long goes on after `=`; no code is cut.
    if (!isEnd && length + code.length >= lineLength) coded += '=\r\n';
    length = isEnd || length + code.length >= lineLength ? 0 : length;
    coded += isEnd ? '\r\n' : code;
    length += isEnd ? 0 : code.length;
  }
  return coded;
}

/** A readable part. */
export function textPart(text: string): Entity {
  return {
    headers: ['Content-Type: text/plain; charset="utf-8"', 'Content-Transfer-Encoding: quoted-printable'],
    body: Buffer.from(quotedPrintable(text)),
  };
}

/**
 * An attached file, in base64.
 * @param name its name; what a quoted text cannot hold becomes `_`
 * @param bytes its bytes
 * @param type its content type
 */
export function filePart(name: string, bytes: Uint8Array, type = 'application/octet-stream'): Entity {
  const safe = name.replaceAll(/[^\x20-\x7e]|["\\]/g, '_');
  const base64 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  const lines: string[] = [];
  for (let at = 0; at < base64.length; at += lineLength) lines.push(base64.slice(at, at + lineLength));
  return {
    headers: [
      `Content-Type: ${type}; name="${safe}"`,
      'Content-Transfer-Encoding: base64',
      `Content-Disposition: attachment; filename="${safe}"`,
    ],
    body: Buffer.from(lines.join('\r\n')),
  };
}

/** A message inside a message, as it is. */
export function messagePart(name: string, mail: Buffer): Entity {
  return {
    headers: [
      `Content-Type: message/rfc822; name="${name}"`,
      'Content-Transfer-Encoding: 8bit',
      `Content-Disposition: attachment; filename="${name}"`,
    ],
    body: mail,
  };
}

/**
 * Parts put together.
 * @param boundary what stands between them; must stand in none of them
 * @param parts in their order
 */
export function mixed(boundary: string, parts: readonly Entity[]): Entity {
  const pieces = parts.flatMap((part) => [Buffer.from(`--${boundary}\r\n`), bytesOf(part), Buffer.from('\r\n')]);
  return {
    headers: [`Content-Type: multipart/mixed; boundary="${boundary}"`],
    body: Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)]),
  };
}

/** Headers, a blank line, body. */
export function bytesOf({ headers, body }: Entity): Buffer {
  return Buffer.concat([Buffer.from(`${headers.join('\r\n')}\r\n\r\n`), body]);
}
