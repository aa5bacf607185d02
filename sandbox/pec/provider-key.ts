// sandbox: who its PEC provider is, and the key by which it signs mails.
import { join } from 'node:path';
import type { SigningKey } from '@staffetta/fatturapa/signature/signing-key.ts';
import { openTrialKey } from '../trial-key.ts';
import { providerName } from './write-daticert.ts';

/** From whom the provider's own mails and its envelopes come. */
export const providerAddress = 'posta-certificata@gestore.staffetta.example';

/**
 * Opens the key, which is made where it is missing.
 * @param dir the folder for it, which exists
 * @param now the clock's instant
 */
export function openProviderKey(dir: string, now: Date): Promise<SigningKey> {
  return openTrialKey(join(dir, 'gestore-pec-di-prova.p12'), { commonName: providerName, email: providerAddress }, now);
}
