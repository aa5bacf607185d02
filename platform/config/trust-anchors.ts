// platform: reads the PEM files of trusted certificates that settings name.
import { HubError } from '@staffetta/flow/errors.ts';
import { readFileSync } from 'node:fs';

const certificateForm = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

/**
 * Reads a file of trusted certificates, once at the start.
 * @param env the setting that names it, for the error
 * @param path the file: one or several certificates in PEM, with any text around them
 * @returns each in PEM; keep the array, verifiers read each array once
 * @throws HubError SETTING_WRONG for a file that cannot be read or holds none
 */
export function readTrustAnchors(env: string, path: string): readonly string[] {
  let text: string;
  try {
    text = readFileSync(path, 'latin1');
  } catch (error) {
    throw new HubError('SETTING_WRONG', `${env}=${path}: the file cannot be read.`, error);
  }
  const found = text.match(certificateForm);
  if (!found) throw new HubError('SETTING_WRONG', `${env}=${path}: it holds no certificate in PEM.`);
  return found;
}
