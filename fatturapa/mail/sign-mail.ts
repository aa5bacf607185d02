// fatturapa: signs a mail as PEC providers do: S/MIME with the signature beside what is signed (RFC 8551 §3.5.3).
import { hash } from 'node:crypto';
import { signDetached, type SigningMoment } from '../signature/cades.ts';
import type { SigningKey } from '../signature/signing-key.ts';
import { canonicalLines } from './canonical-lines.ts';

/** RFC 2045 §6.8. */
const base64LineLength = 76;

function base64Lines(bytes: Buffer): string {
  const text = bytes.toString('base64');
  const lines: string[] = [];
  for (let at = 0; at < text.length; at += base64LineLength) lines.push(text.slice(at, at + base64LineLength));
  return lines.join('\r\n');
}

/**
 * Signs a MIME entity.
 * @param entity its headers, an empty line, its body; line ends of any kind become CR LF, and so they are signed. What the way could
 *   change (8-bit text, very long lines) the caller encodes before.
 * @param key who signs; its certificate and chain go along
 * @param moment the signing time
 * @returns a multipart/signed entity: Content-Type, an empty line, the entity as it was signed, the signature. Mail headers
 *   (`MIME-Version` among them) go in front of it as they are. The same entity has the same boundary.
 * @throws whatever the key's `sign` throws
 */
export async function signMail(entity: Buffer, key: SigningKey, moment: SigningMoment): Promise<Buffer> {
  const signed = canonicalLines(entity);
  // Made of what it must not stand in.
  const boundary = `----${hash('sha256', signed, 'hex').slice(0, 40)}`;
  const signature = await signDetached(signed, key, moment);
  const head = [
    'Content-Type: multipart/signed; protocol="application/pkcs7-signature";',
    ` micalg=sha-256; boundary="${boundary}"`,
    '',
    `--${boundary}`,
    '',
  ];
  const tail = [
    '',
    `--${boundary}`,
    'Content-Type: application/pkcs7-signature; name="smime.p7s"',
    'Content-Transfer-Encoding: base64',
    'Content-Disposition: attachment; filename="smime.p7s"',
    '',
    base64Lines(signature),
    `--${boundary}--`,
    '',
  ];
  return Buffer.concat([Buffer.from(head.join('\r\n')), signed, Buffer.from(tail.join('\r\n'))]);
}
