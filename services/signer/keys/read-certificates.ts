// signer: certificates given in a file of their own, and which of those at hand stand above a signer's.
import { X509Certificate } from 'node:crypto';
import { HubError } from '@staffetta/flow/errors.ts';
import type { Der } from '@staffetta/fatturapa/signature/signing-key.ts';
import { readNamedFile } from './read-secret.ts';

const pemForm = /-----BEGIN CERTIFICATE-----[^-]{1,20000}-----END CERTIFICATE-----/g;

/**
 * Reads the file that SIGNER_CERTIFICATE names.
 * @param path PEM with one certificate or more, the signer's first, or one in DER
 * @throws HubError SETTING_WRONG where it holds none
 */
export async function readCertificates(path: string): Promise<Der[]> {
  const file = await readNamedFile('SIGNER_CERTIFICATE', path);
  const pieces = file.toString('latin1').match(pemForm) ?? [file];
  try {
    return pieces.map((piece) => new Uint8Array(new X509Certificate(piece).raw));
  } catch (error) {
    const words = `SIGNER_CERTIFICATE=${JSON.stringify(path)} holds no certificate in PEM or DER.`;
    throw new HubError('SETTING_WRONG', words, error);
  }
}
