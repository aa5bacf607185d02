// signer: a key in a PKCS#12 file.
import { openPkcs12 } from '@staffetta/fatturapa/signature/pkcs12.ts';
import { SigningKeyError, type SigningKey } from '@staffetta/fatturapa/signature/signing-key.ts';
import { HubError } from '@staffetta/flow/errors.ts';
import type { KeyFace } from './key-face.ts';
import { readNamedFile } from './read-secret.ts';

/** Where the file lies and what opens it. */
export interface FileKeyOptions {
  readonly path: string;
  readonly password: string;
  readonly friendlyName: string | undefined;
}

const settingOf: Partial<Record<SigningKeyError['trouble'], string>> = {
  PASSWORD_WRONG: 'SIGNER_PKCS12_PASSWORD',
  KEY_AMBIGUOUS: 'SIGNER_PKCS12_KEY',
};

function openOrExplain(bytes: Buffer, { path, password, friendlyName }: FileKeyOptions): SigningKey {
  try {
    return openPkcs12(bytes, password, { friendlyName });
  } catch (error) {
    if (!(error instanceof SigningKeyError)) throw error;
    const about = settingOf[error.trouble];
    const setting = `SIGNER_PKCS12=${JSON.stringify(path)}${about === undefined ? '' : ` with ${about}`}`;
    throw new HubError('SETTING_WRONG', `${setting}: ${error.message}`, error);
  }
}

/**
 * A PKCS#12 file as a place of a key.
 * @param options file, password and which of its keys
 */
export function fileKey(options: FileKeyOptions): KeyFace {
  return {
    says: `the PKCS#12 file ${options.path}`,
    triesAtStart: true,
    async open() {
      const bytes = await readNamedFile('SIGNER_PKCS12', options.path);
      return { ...openOrExplain(bytes, options), close: () => Promise.resolve() };
    },
  };
}
