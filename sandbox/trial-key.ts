// sandbox: keys that its provider and its SdI sign with; each is made at the first start and worth nothing outside.
import { readFile, rename, writeFile } from 'node:fs/promises';
import { openPkcs12 } from '@staffetta/fatturapa/signature/pkcs12.ts';
import { makeTrialSigner } from '@staffetta/fatturapa/signature/self-signed.ts';
import type { SigningKey } from '@staffetta/fatturapa/signature/signing-key.ts';

/** Who signs. */
export interface TrialKeyHolder {
  readonly commonName: string;
  /** The mailbox whose mails it signs. */
  readonly email?: string;
}

// No secret: who can read the folder may sign as somebody whom nobody believes.
const password = 'sandbox';
const dayMs = 86_400_000;
// What is signed under a clock that was turned back, or on by years, has a valid certificate too.
const daysBefore = 3000;
const validDays = 10_000;

/**
 * Opens a key, which is made where it is missing.
 * @param path the PKCS#12 file; its folder exists
 * @param holder whom a new certificate names
 * @param now the clock's instant
 */
export async function openTrialKey(path: string, holder: TrialKeyHolder, now: Date): Promise<SigningKey> {
  const kept = await readFile(path).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (kept) return openPkcs12(kept, password);
  const from = new Date(now.getTime() - daysBefore * dayMs);
  const made = await makeTrialSigner({ ...holder, from, days: validDays, password });
  await writeFile(`${path}.part`, made, { mode: 0o600 });
  await rename(`${path}.part`, path);
  return openPkcs12(made, password);
}
