// signer: profile dev signs with a key of its own making, which is kept in the data folder; SdI accepts no such signature.
import { makeTrialSigner } from '@staffetta/fatturapa/signature/self-signed.ts';
import type { World } from '@staffetta/platform/service.ts';
import { randomBytes } from 'node:crypto';
import { access, link, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileKey } from './file-key.ts';
import type { KeyFace } from './key-face.ts';

/** No secret: the file is for trials, and only its owner can read it. */
const trialPassword = 'staffetta';
const trialDays = 3650;

/** Two processes may start at once on one folder: the first link wins, and both open what it links to. */
async function keepFirst(path: string, file: Buffer): Promise<boolean> {
  const own = `${path}.${randomBytes(6).toString('hex')}`;
  await writeFile(own, file, { mode: 0o600, flag: 'wx' });
  try {
    await link(own, path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(own, { force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/**
 * Opens the trial key of a data folder; makes it, readable by its owner alone (mode 600), where there is none.
 * @param world data folder, clock and log
 */
export async function trialKey({ dataDir, clock, log }: World): Promise<KeyFace> {
  const folder = join(dataDir, 'signer');
  const path = join(folder, 'trial-key.p12');
  if (!(await exists(path))) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const commonName = 'Staffetta firma di prova';
    const file = await makeTrialSigner({ commonName, from: clock.now(), days: trialDays, password: trialPassword });
    if (await keepFirst(path, file)) log.warn({ path }, 'signer.trialKeyMade');
  }
  const face = fileKey({ path, password: trialPassword, friendlyName: undefined });
  return { ...face, says: `the trial key ${path} (SdI accepts no such signature)` };
}
