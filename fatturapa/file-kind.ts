// fatturapa: what kind of file it is, told by its first bytes and never by its name.

/** `xml` stands for everything that is neither a CMS envelope nor a zip: the XML reader then says what is wrong with it. */
export const fileKinds = ['xml', 'p7m', 'zip'] as const;

/** The kind of a file. */
export type FileKind = (typeof fileKinds)[number];

// OBJECT IDENTIFIER 1.2.840.113549.1.7.2 (signedData, RFC 5652 §5.1), which follows the outer SEQUENCE's length.
const signedData = Buffer.from('06092a864886f70d010702', 'hex');
const base64Form = /^(?:-----BEGIN [A-Z0-9 ]+-----\s+)?(M[A-Za-z0-9+/\r\n]{30,})/;

function isSignedData(bytes: Uint8Array): boolean {
  if (bytes[0] !== 0x30) return false;
  const at = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 24)).indexOf(signedData);
  return at >= 2 && at <= 6;
}

/**
 * Tells the kind of a file by its magic bytes: CMS SignedData in DER, BER, base64 or PEM is `p7m`, `PK` is `zip`.
 * @param bytes the whole file; only the first hundred bytes are looked at
 */
export function fileKindOf(bytes: Uint8Array): FileKind {
  if (bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5)) return 'zip';
  if (isSignedData(bytes)) return 'p7m';
  if (bytes[0] === 0x4d || bytes[0] === 0x2d) {
    const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 128)).toString('latin1');
    const base64 = base64Form.exec(start)?.[1];
    if (base64 && isSignedData(Buffer.from(base64, 'base64'))) return 'p7m';
  }
  return 'xml';
}
