// signer: the place of the key, as the settings name it.
import { HubError } from '@staffetta/flow/errors.ts';
import type { World } from '@staffetta/platform/service.ts';
import { keyPlaceOf, type SignerSettings } from '../config.ts';
import { fileKey } from './file-key.ts';
import type { KeyFace } from './key-face.ts';
import { readCertificates } from './read-certificates.ts';
import { readSecret } from './read-secret.ts';
import { remoteKey } from './remote-key.ts';
import { trialKey } from './trial-key.ts';

function certificatesOf({ certificate }: SignerSettings) {
  return certificate === undefined ? [] : readCertificates(certificate);
}

async function chooseFile(values: SignerSettings, path: string): Promise<KeyFace> {
  const password = await readSecret('SIGNER_PKCS12_PASSWORD', values.pkcs12Password, values.pkcs12PasswordFile);
  return fileKey({ path, password: password ?? '', friendlyName: values.pkcs12Key });
}

async function chooseToken(values: SignerSettings, module: string): Promise<KeyFace> {
  const pin = await readSecret('SIGNER_PKCS11_PIN', values.pkcs11Pin, values.pkcs11PinFile);
  const certificates = await certificatesOf(values);
  // Only here: the module's caller is native code, which nobody else should load.
  const { tokenKey } = await import('./token-key.ts');
  return tokenKey({ module, token: values.pkcs11Token, key: values.pkcs11Key, pin, certificates });
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
}

async function chooseRemote(values: SignerSettings, text: string, profile: World['profile']): Promise<KeyFace> {
  const { protocol, hostname } = new URL(text);
  if (protocol !== 'https:' && (protocol !== 'http:' || (profile === 'production' && !isLoopback(hostname)))) {
    throw new HubError('SETTING_WRONG', 'SIGNER_REMOTE_URL must be https: the secret and what is signed travel on it.');
  }
  const secret = await readSecret('SIGNER_REMOTE_SECRET', values.remoteSecret, values.remoteSecretFile);
  const certificates = await certificatesOf(values);
  return remoteKey({ url: text.replace(/\/+$/, ''), secret, timeoutMs: values.remoteTimeoutMs, certificates });
}

/**
 * Names the place of the key.
 * @param values the settings
 * @param world profile, data folder, clock and log
 * @returns undefined where there is none: production without any setting
 * @throws HubError SETTING_WRONG for settings that contradict one another and files that cannot be read
 */
export async function chooseKey(values: SignerSettings, world: World): Promise<KeyFace | undefined> {
  const place = keyPlaceOf(values, world.profile);
  const { pkcs12 = '', pkcs11Module = '', remoteUrl = '' } = values;
  switch (place) {
    case 'pkcs12':
      return chooseFile(values, pkcs12);
    case 'pkcs11Module':
      return chooseToken(values, pkcs11Module);
    case 'remoteUrl':
      return chooseRemote(values, remoteUrl, world.profile);
    case 'trial':
      return trialKey(world);
    case 'none':
      return undefined;
  }
}
