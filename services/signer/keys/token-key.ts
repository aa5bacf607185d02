// signer: a key on a PKCS#11 token: a smart card, a USB token, an HSM.
import { algorithmOf } from '@staffetta/fatturapa/signature/certificate-facts.ts';
import { chainAbove } from '@staffetta/fatturapa/signature/chain-above.ts';
import { objectIdentifier, nothing, octetString, sequence } from '@staffetta/fatturapa/signature/der.ts';
import { ecdsaDer } from '@staffetta/fatturapa/signature/ecdsa-form.ts';
import type { Der } from '@staffetta/fatturapa/signature/signing-key.ts';
import { HubError } from '@staffetta/flow/errors.ts';
import { hash } from 'node:crypto';
import type { KeyFace, OpenKey } from './key-face.ts';
import { Pkcs11Module } from './pkcs11/pkcs11-module.ts';
import { Pkcs11Error, pinRefusals } from './pkcs11/return-codes.ts';
import {
  attributeTypes,
  listTokens,
  mechanisms,
  objectClasses,
  TokenSession,
  type Token,
} from './pkcs11/token-session.ts';

/** Which key on which token. */
export interface TokenKeyOptions {
  readonly module: string;
  readonly token: string | undefined;
  readonly key: string | undefined;
  readonly pin: string | undefined;
  /** The signer's certificate and those above, where the token does not give them. */
  readonly certificates: readonly Der[];
}

// DigestInfo of SHA-256 (RFC 8017 §9.2), which CKM_RSA_PKCS signs.
const sha256Algorithm = sequence(objectIdentifier('2.16.840.1.101.3.4.2.1'), nothing);

function digestInfo(data: Uint8Array): Buffer {
  return sequence(sha256Algorithm, octetString(hash('sha256', data, 'buffer')));
}

function wrongSetting(words: string, cause?: unknown): HubError {
  return new HubError('SETTING_WRONG', words, cause);
}

async function loadModule(path: string): Promise<Pkcs11Module> {
  try {
    return await Pkcs11Module.load(path);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw wrongSetting(
      `SIGNER_PKCS11_MODULE=${JSON.stringify(path)} is no PKCS#11 module that can be used: ${why}.`,
      error,
    );
  }
}

function listed(labels: readonly string[]): string {
  const shown = labels.map((label) => JSON.stringify(label)).sort();
  return shown.join(', ') || 'none';
}

async function chooseToken(module: Pkcs11Module, wanted: string | undefined): Promise<Token> {
  const present = await listTokens(module);
  const fitting = wanted === undefined ? present : present.filter(({ label }) => label === wanted);
  const [first, ...others] = fitting;
  if (first && others.length === 0) return first;
  const labels = listed(present.map(({ label }) => label));
  if (first) throw wrongSetting(`Several tokens are present: name one of ${labels} in SIGNER_PKCS11_TOKEN.`);
  const words = wanted === undefined ? 'No token is present' : `The token ${JSON.stringify(wanted)} is not present`;
  throw wrongSetting(`${words} (present: ${labels}). Plug it in, or correct SIGNER_PKCS11_TOKEN.`);
}

async function chooseKey(session: TokenSession, wanted: string | undefined): Promise<bigint> {
  const label = wanted === undefined ? [] : [{ type: attributeTypes.label, value: Buffer.from(wanted) }];
  const [first, ...others] = await session.find(objectClasses.privateKey, label);
  if (first !== undefined && others.length === 0) return first;
  const all = await session.find(objectClasses.privateKey);
  const labels = await Promise.all(all.map(async (key) => String(await session.read(key, attributeTypes.label))));
  if (first === undefined) {
    throw wrongSetting(
      `The token holds no such private key (it holds: ${listed(labels)}). Correct SIGNER_PKCS11_KEY or set SIGNER_PKCS11_PIN.`,
    );
  }
  throw wrongSetting(`The token holds several keys: name one of ${listed(labels)} in SIGNER_PKCS11_KEY.`);
}

async function certificatesOn(
  session: TokenSession,
  wanted: readonly { type: number; value: Buffer }[],
): Promise<Der[]> {
  const found = await session.find(objectClasses.certificate, wanted);
  const values = await Promise.all(found.map((object) => session.read(object, attributeTypes.value)));
  return values.filter((value) => value !== undefined);
}

async function certificateOf(session: TokenSession, key: bigint, given: readonly Der[]): Promise<Der> {
  const [own] = given;
  if (own) return own;
  // A key and its certificate share an id (PKCS#11 v2.40 §4.6.3).
  const id = await session.read(key, attributeTypes.id);
  const [onToken] = id ? await certificatesOn(session, [{ type: attributeTypes.id, value: id }]) : [];
  if (onToken) return onToken;
  throw wrongSetting('The token holds no certificate with the id of the key. Name its file in SIGNER_CERTIFICATE.');
}

async function openKey(session: TokenSession, options: TokenKeyOptions): Promise<OpenKey> {
  const key = await chooseKey(session, options.key);
  const certificate = await certificateOf(session, key, options.certificates);
  const others = [...options.certificates, ...(await certificatesOn(session, []))];
  const algorithm = algorithmOf(certificate);
  const asksAgain = (await session.read(key, attributeTypes.alwaysAuthenticate))?.[0] === 1;
  return {
    certificate,
    chain: chainAbove(certificate, others),
    algorithm,
    async sign(data) {
      if (algorithm === 'RSA-SHA256') return session.sign(key, mechanisms.rsaPkcs, digestInfo(data), asksAgain);
      return ecdsaDer(await session.sign(key, mechanisms.ecdsa, hash('sha256', data, 'buffer'), asksAgain));
    },
    close: () => session.close(),
  };
}

function asHubError(error: unknown, says: string): unknown {
  if (!(error instanceof Pkcs11Error)) return error;
  if (!pinRefusals.has(error.code)) return new HubError('SIGNING_FAILED', `${says}: ${error.message}.`, error);
  const words = `SIGNER_PKCS11_PIN is refused by ${says} (${error.code}). It is not tried again, so that the token does not lock itself.`;
  return wrongSetting(words, error);
}

/**
 * A PKCS#11 token as a place of a key. A PIN that was refused once is not tried again.
 * @param options module, token, key and PIN
 */
export function tokenKey(options: TokenKeyOptions): KeyFace {
  const says = `the token ${options.token === undefined ? '' : `${JSON.stringify(options.token)} `}behind ${options.module}`;
  let pinRefused: unknown;
  return {
    says,
    triesAtStart: true,
    async open() {
      if (pinRefused !== undefined) throw pinRefused;
      const module = await loadModule(options.module);
      let session: TokenSession | undefined;
      try {
        const { slot } = await chooseToken(module, options.token);
        session = await TokenSession.open(module, slot, options.pin);
        const key = await openKey(session, options);
        return {
          ...key,
          sign: (data) =>
            key.sign(data).catch((error: unknown) => {
              throw asHubError(error, says);
            }),
        };
      } catch (error) {
        await session?.close();
        const told = asHubError(error, says);
        if (error instanceof Pkcs11Error && pinRefusals.has(error.code)) pinRefused = told;
        throw told;
      }
    },
  };
}
