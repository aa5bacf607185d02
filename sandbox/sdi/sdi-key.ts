// sandbox: the key by which the sandbox's SdI signs its notices.
import { join } from 'node:path';
import type { SigningKey } from '@staffetta/fatturapa/signature/signing-key.ts';
import { openTrialKey } from '../trial-key.ts';

const holder = { commonName: 'Sistema di Interscambio (sandbox, firma di prova)' };

/**
 * Opens the sandbox's signing key, which is made where it is missing.
 * @param dir SdI's folder, which exists
 * @param now the clock's instant
 */
export function openSdiKey(dir: string, now: Date): Promise<SigningKey> {
  return openTrialKey(join(dir, 'sdi-di-prova.p12'), holder, now);
}
