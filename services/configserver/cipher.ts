// configserver: encrypts and decrypts settings as Spring Security's text encryptors do, so that files serve both.
import { HubError } from '@staffetta/flow/errors.ts';
import {
  constants,
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  pbkdf2Sync,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
  type CipherGCM,
  type KeyObject,
} from 'node:crypto';

/** What encrypts and decrypts; `publicKey` where the key is a pair. */
export interface TextCipher {
  encrypt(text: string): string;
  /** @throws Error where the text was not encrypted with this key */
  decrypt(text: string): string;
  /** As OpenSSH writes it: `ssh-rsa … application`. */
  readonly publicKey?: string;
}

/** The key and how it is used; the names and defaults are Spring's (`encrypt.key`, `.salt`, `.rsa.strong`, `.rsa.algorithm`). */
export interface CipherOptions {
  /** A secret, or an RSA private key in PEM (line ends may be written `\n`). */
  readonly key: string;
  /** Hex, else its UTF-8 bytes are taken. */
  readonly salt: string;
  /** Whether a key pair uses AES-GCM instead of AES-CBC. */
  readonly rsaStrong: boolean;
  readonly rsaAlgorithm: 'DEFAULT' | 'OAEP';
}

interface Aes {
  encrypt(bytes: Uint8Array): Buffer;
  decrypt(bytes: Uint8Array): Buffer;
}

const ivBytes = 16;
const tagBytes = 16;

// Spring Security's `Encryptors.standard` and `.stronger`: 1024 rounds of PBKDF2 with SHA-1, a key of 256 bits, an IV of 16 bytes in front.
function aesOf(secret: string, salt: Uint8Array, gcm: boolean): Aes {
  const key = pbkdf2Sync(secret, salt, 1024, 32, 'sha1');
  const encrypt = (bytes: Uint8Array): Buffer => {
    const iv = randomBytes(ivBytes);
    const cipher = gcm ? createCipheriv('aes-256-gcm', key, iv) : createCipheriv('aes-256-cbc', key, iv);
    const body = Buffer.concat([iv, cipher.update(bytes), cipher.final()]);
    return gcm ? Buffer.concat([body, (cipher as CipherGCM).getAuthTag()]) : body;
  };
  const decrypt = (bytes: Uint8Array): Buffer => {
    if (bytes.length < ivBytes + tagBytes) throw new Error('the text is too short');
    const iv = bytes.subarray(0, ivBytes);
    if (!gcm) {
      const decipher = createDecipheriv('aes-256-cbc', key, iv);
      return Buffer.concat([decipher.update(bytes.subarray(ivBytes)), decipher.final()]);
    }
    const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: tagBytes });
    decipher.setAuthTag(bytes.subarray(-tagBytes));
    return Buffer.concat([decipher.update(bytes.subarray(ivBytes, -tagBytes)), decipher.final()]);
  };
  return { encrypt, decrypt };
}

/** A wrong key may pass AES-CBC's padding by chance; what comes out is then hardly ever text. */
function asText(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
}

function saltBytes(salt: string): Buffer {
  const isHex = /^(?:[0-9a-f]{2})+$/i.test(salt);
  return Buffer.from(salt, isHex ? 'hex' : 'utf8');
}

function symmetric({ key, salt }: CipherOptions): TextCipher {
  const aes = aesOf(key, saltBytes(salt), false);
  return {
    encrypt: (text) => aes.encrypt(Buffer.from(text)).toString('hex'),
    decrypt(text) {
      if (!/^(?:[0-9a-f]{2})+$/i.test(text)) throw new Error('the text is not hexadecimal');
      return asText(aes.decrypt(Buffer.from(text, 'hex')));
    },
  };
}

function lengthOf(part: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(part.length);
  return length;
}

/** RFC 4253 §6.6: the type, the exponent and the modulus, each with its length. */
function sshKey(key: KeyObject): string {
  const { e = '', n = '' } = key.export({ format: 'jwk' });
  const unsigned = (text: string): Buffer => {
    const bytes = Buffer.from(text, 'base64url');
    return bytes[0]! >= 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes;
  };
  const parts = [Buffer.from('ssh-rsa'), unsigned(e), unsigned(n)];
  return `ssh-rsa ${Buffer.concat(parts.flatMap((part) => [lengthOf(part), part])).toString('base64')} application`;
}

const secretBytes = 16;

// Spring's RsaSecretEncryptor: two bytes of length, the RSA-encrypted secret, then AES with that secret in hex.
function keyPair(privateKey: KeyObject, { salt, rsaStrong, rsaAlgorithm }: CipherOptions): TextCipher {
  const publicKey = createPublicKey(privateKey);
  const padding = rsaAlgorithm === 'OAEP' ? constants.RSA_PKCS1_OAEP_PADDING : constants.RSA_PKCS1_PADDING;
  const aes = (secret: Buffer): Aes => aesOf(secret.toString('hex'), saltBytes(salt), rsaStrong);
  return {
    publicKey: sshKey(publicKey),
    encrypt(text) {
      const secret = randomBytes(secretBytes);
      const hidden = publicEncrypt({ key: publicKey, padding }, secret);
      const length = Buffer.of(hidden.length >> 8, hidden.length & 0xff);
      return Buffer.concat([length, hidden, aes(secret).encrypt(Buffer.from(text))]).toString('base64');
    },
    decrypt(text) {
      const bytes = Buffer.from(text, 'base64');
      const end = 2 + (bytes.length < 2 ? 0 : bytes.readUInt16BE(0));
      const secret = privateDecrypt({ key: privateKey, padding }, bytes.subarray(2, end));
      if (secret.length !== secretBytes) throw new Error('the secret in it is not of this key');
      return asText(aes(secret).decrypt(bytes.subarray(end)));
    },
  };
}

function readPrivateKey(pem: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'rsa') return key;
  } catch (error) {
    throw new HubError('SETTING_WRONG', 'ENCRYPT_KEY=(secret): the private key in PEM cannot be read.', error);
  }
  throw new HubError('SETTING_WRONG', 'ENCRYPT_KEY=(secret): the private key is not an RSA key.');
}

/**
 * Opens the cipher of a key.
 * @param options the key and how it is used
 * @throws HubError SETTING_WRONG for a PEM that holds no RSA private key
 */
export function openCipher(options: CipherOptions): TextCipher {
  const pem = options.key.replaceAll('\\n', '\n');
  if (!pem.includes('-----BEGIN')) return symmetric(options);
  return keyPair(readPrivateKey(pem), options);
}
