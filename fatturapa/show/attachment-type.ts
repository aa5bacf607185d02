// fatturapa: what kind of file an attachment is, told by its first bytes: neither its name nor its sender is believed.

const signatures: readonly (readonly [type: string, start: string])[] = [
  ['application/pdf', '%PDF-'],
  ['image/png', '\x89PNG\r\n\x1a\n'],
  ['image/jpeg', '\xff\xd8\xff'],
  ['image/gif', 'GIF8'],
  ['image/tiff', 'II*\0'],
  ['image/tiff', 'MM\0*'],
  ['application/zip', 'PK\x03\x04'],
];

/** A byte that no text has: controls other than tab, line ends and form feed. */
function isBinary(byte: number): boolean {
  return byte < 0x20 && byte !== 9 && byte !== 10 && byte !== 12 && byte !== 13;
}

/**
 * Tells an attachment's media type. What a browser would run or interpret (HTML, SVG, XML, scripts) is never named as such:
 * it is plain text or mere bytes (WHATWG MIME Sniffing §7.1 for the signatures).
 * @param bytes the whole file; only the first kilobyte is looked at
 */
export function attachmentTypeOf(bytes: Uint8Array): string {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 1024)).toString('latin1');
  const known = signatures.find(([, start]) => head.startsWith(start));
  if (known) return known[0];
  const isText = bytes.length > 0 && !bytes.subarray(0, 1024).some(isBinary);
  return isText && !/<[!?/a-z]/i.test(head) ? 'text/plain' : 'application/octet-stream';
}
