// signer: a secret is given as a setting or lies in a file; the files that settings name are read here, and what is wrong is said by name.
import { HubError } from '@staffetta/flow/errors.ts';
import { readFile } from 'node:fs/promises';

/** Key files and secrets are small; what is larger is not what was meant. */
const fileBytesMax = 1024 * 1024;

/**
 * Reads a file that a setting names.
 * @param env the setting's environment name
 * @param path the file
 * @throws HubError SETTING_WRONG where it cannot be read or is larger than 1 MiB
 */
export async function readNamedFile(env: string, path: string): Promise<Buffer> {
  try {
    const bytes = await readFile(path);
    if (bytes.length <= fileBytesMax) return bytes;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new HubError('SETTING_WRONG', `${env}=${JSON.stringify(path)} cannot be read: ${why}.`, error);
  }
  throw new HubError('SETTING_WRONG', `${env}=${JSON.stringify(path)} is larger than ${fileBytesMax} bytes.`);
}

/**
 * Takes a secret from a setting, or from the file that another setting names.
 * @param env the setting's environment name; the file's is the same with `_FILE`
 * @param value the secret itself
 * @param file the file
 * @returns the secret, or undefined where neither is set
 * @throws HubError SETTING_WRONG where both are set or the file cannot be read
 */
export async function readSecret(
  env: string,
  value: string | undefined,
  file: string | undefined,
): Promise<string | undefined> {
  if (file === undefined) return value;
  if (value !== undefined) throw new HubError('SETTING_WRONG', `Set either ${env} or ${env}_FILE, not both.`);
  return (await readNamedFile(`${env}_FILE`, file)).toString('utf8').replace(/\r?\n$/, '');
}
