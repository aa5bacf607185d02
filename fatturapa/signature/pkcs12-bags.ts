// fatturapa: opens the bags of a PKCS#12 file (RFC 7292): keys and certificates with the names they carry, byte for byte.
// node-forge decrypts (RC2 and 3DES of old files too, which Node's OpenSSL no longer does); the certificates are taken as they lie.
import forge from 'node-forge';
import { createHmac, createPrivateKey, timingSafeEqual, type KeyObject } from 'node:crypto';
import { SigningKeyError, type Der } from './signing-key.ts';

/** What a bag is called by. */
export interface BagNames {
  readonly friendlyName?: string;
  /** Binary; the same for a key and its certificate. */
  readonly localKeyId?: string;
}

/** A private key of the file; `key` is absent where its kind is unknown to Node. */
export interface KeyBag extends BagNames {
  readonly key: KeyObject | undefined;
}

/** A certificate of the file. */
export interface CertificateBag extends BagNames {
  readonly certificate: Der;
}

/** Everything of a PKCS#12 file that a signer may need. */
export interface Bags {
  readonly keys: readonly KeyBag[];
  readonly certificates: readonly CertificateBag[];
}

type Node = forge.asn1.Asn1;

/** What node-forge exports and its types leave out. */
interface Pbe {
  getCipher(oid: string, params: Node, password: string | null): forge.cipher.BlockCipher;
}

const { asn1, pki, md, util } = forge;
const { pbe } = pki as unknown as { pbe: Pbe };

const oids = {
  data: '1.2.840.113549.1.7.1',
  encryptedData: '1.2.840.113549.1.7.6',
  keyBag: '1.2.840.113549.1.12.10.1.1',
  shroudedKeyBag: '1.2.840.113549.1.12.10.1.2',
  certificateBag: '1.2.840.113549.1.12.10.1.3',
  x509: '1.2.840.113549.1.9.22.1',
  friendlyName: '1.2.840.113549.1.9.20',
  localKeyId: '1.2.840.113549.1.9.21',
  pbes2: '1.2.840.113549.1.5.13',
} as const;

/** OID → the hash that the file's MAC is made with. PBMAC1 (RFC 9579) is not among them: those files are told by decrypting. */
const macHashes: Readonly<Record<string, readonly [name: string, make: () => forge.md.MessageDigest, bytes: number]>> =
  {
    '1.3.14.3.2.26': ['sha1', () => md.sha1.create(), 20],
    '2.16.840.1.101.3.4.2.1': ['sha256', () => md.sha256.create(), 32],
    '2.16.840.1.101.3.4.2.2': ['sha384', () => md.sha384.create(), 48],
    '2.16.840.1.101.3.4.2.3': ['sha512', () => md.sha512.create(), 64],
  };

/** A file of an operator's own: more than this is damage, not caution. */
const iterationsMax = 10_000_000;

function children(node: Node | undefined): Node[] {
  if (!node || typeof node.value === 'string') throw new RangeError('a part of it is missing');
  return node.value;
}

function child(node: Node | undefined, index: number): Node {
  const found = children(node)[index];
  if (!found) throw new RangeError('a part of it is missing');
  return found;
}

/** Content of a primitive, or of an OCTET STRING in pieces (BER). */
function bytesOf(node: Node): string {
  return typeof node.value === 'string' ? node.value : node.value.map(bytesOf).join('');
}

function oidOf(node: Node): string {
  return asn1.derToOid(bytesOf(node));
}

function numberOf(node: Node | undefined, byDefault: number): number {
  if (!node) return byDefault;
  const value = Number.parseInt(Buffer.from(bytesOf(node), 'latin1').toString('hex') || '0', 16);
  if (value < 1 || value > iterationsMax) throw new RangeError(`${value} iterations are not sensible`);
  return value;
}

function wrongPassword(cause?: unknown): SigningKeyError {
  const words = 'The password of the PKCS#12 file is wrong (or the file is damaged).';
  return new SigningKeyError('PASSWORD_WRONG', words, cause);
}

/** PBES2 takes the password in UTF-8 (RFC 8018 §3), the old schemes as UTF-16, which node-forge makes of the text itself. */
function passwordFor(scheme: string, password: string | null): string | null {
  return scheme === oids.pbes2 && password !== null ? util.encodeUtf8(password) : password;
}

function decrypt(algorithm: Node, encrypted: string, password: string | null): Node {
  const scheme = oidOf(child(algorithm, 0));
  try {
    const cipher = pbe.getCipher(scheme, child(algorithm, 1), passwordFor(scheme, password));
    cipher.update(util.createBuffer(encrypted, 'raw'));
    if (!cipher.finish()) throw new RangeError('the padding is wrong');
    return asn1.fromDer(cipher.output.getBytes());
  } catch (error) {
    if (!(error instanceof Error && /unsupported/i.test(error.message))) throw wrongPassword(error);
    const words = `The PKCS#12 file is encrypted in a way that is not supported (${scheme}): export it anew with AES-256.`;
    throw new SigningKeyError('FILE_NOT_READABLE', words, error);
  }
}

function macHolds(macData: Node, content: string, password: string | null): boolean {
  const [info, salt, iterations] = children(macData);
  const hash = macHashes[oidOf(child(child(info, 0), 0))];
  if (!hash || !salt) return true;
  const [name, make, length] = hash;
  const saltBuffer = util.createBuffer(bytesOf(salt), 'raw');
  const key = forge.pkcs12.generateKey(password, saltBuffer, 3, numberOf(iterations, 1), length, make());
  const expected = Buffer.from(bytesOf(child(info, 1)), 'latin1');
  const made = createHmac(name, Buffer.from(key.getBytes(), 'latin1')).update(content, 'latin1').digest();
  return made.length === expected.length && timingSafeEqual(made, expected);
}

/** An empty password is written in two ways, as an empty text or as none at all. */
function passwordThatHolds(macData: Node | undefined, content: string, password: string): string | null {
  const tried = password === '' ? ['', null] : [password];
  const held = tried.find((candidate) => !macData || macHolds(macData, content, candidate));
  if (held === undefined) throw wrongPassword();
  return held;
}

/** node-forge has read the BMPString of a friendly name as text already. */
function namesOf(attributes: Node | undefined): BagNames {
  const names: { friendlyName?: string; localKeyId?: string } = {};
  for (const attribute of attributes ? children(attributes) : []) {
    const [value] = children(child(attribute, 1));
    if (!value) continue;
    const oid = oidOf(child(attribute, 0));
    if (oid === oids.friendlyName) names.friendlyName = bytesOf(value);
    if (oid === oids.localKeyId) names.localKeyId = bytesOf(value);
  }
  return names;
}

function readKey(info: Node): KeyObject | undefined {
  try {
    return createPrivateKey({ key: Buffer.from(asn1.toDer(info).getBytes(), 'latin1'), format: 'der', type: 'pkcs8' });
  } catch (error) {
    // Kinds that OpenSSL does not know are there for other programs; only choosing such a key is an error.
    if (error instanceof Error) return undefined;
    throw error;
  }
}

function addBag(bag: Node, password: string | null, keys: KeyBag[], certificates: CertificateBag[]): void {
  const [kind, outer, attributes] = children(bag);
  if (!kind) return;
  const value = child(outer, 0);
  const names = namesOf(attributes);
  const oid = oidOf(kind);
  if (oid === oids.keyBag) keys.push({ key: readKey(value), ...names });
  if (oid === oids.shroudedKeyBag) {
    const info = decrypt(child(value, 0), bytesOf(child(value, 1)), password);
    keys.push({ key: readKey(info), ...names });
  }
  if (oid === oids.certificateBag && oidOf(child(value, 0)) === oids.x509) {
    const certificate = Buffer.from(bytesOf(child(child(value, 1), 0)), 'latin1');
    certificates.push({ certificate, ...names });
  }
}

function safeContents(info: Node, password: string | null): Node[] {
  const kind = oidOf(child(info, 0));
  const content = child(child(info, 1), 0);
  if (kind === oids.data) return children(asn1.fromDer(bytesOf(content)));
  if (kind !== oids.encryptedData) throw new RangeError(`a part of kind ${kind} is encrypted for somebody else`);
  const [, algorithm, encrypted] = children(child(content, 1));
  if (!algorithm || !encrypted) throw new RangeError('a part of it is missing');
  return children(decrypt(algorithm, bytesOf(encrypted), password));
}

function openAll(bytes: Uint8Array, password: string): Bags {
  const pfx = asn1.fromDer(util.createBuffer(Buffer.from(bytes).toString('latin1'), 'raw'));
  const [, authSafe, macData] = children(pfx);
  if (oidOf(child(authSafe, 0)) !== oids.data)
    throw new RangeError('it is signed with a certificate, not by a password');
  const content = bytesOf(child(child(authSafe, 1), 0));
  const holding = passwordThatHolds(macData, content, password);
  const keys: KeyBag[] = [];
  const certificates: CertificateBag[] = [];
  for (const info of children(asn1.fromDer(content))) {
    for (const bag of safeContents(info, holding)) addBag(bag, holding, keys, certificates);
  }
  return { keys, certificates };
}

/**
 * Opens a PKCS#12 file: old ones (RC2, 3DES) and new ones (PBES2 with AES, SHA-256 MAC), DER or BER.
 * @param bytes the file
 * @param password any text, empty too
 * @returns its keys and certificates, in their order
 * @throws SigningKeyError PASSWORD_WRONG, FILE_NOT_READABLE
 */
export function openBags(bytes: Uint8Array, password: string): Bags {
  try {
    return openAll(bytes, password);
  } catch (error) {
    if (error instanceof SigningKeyError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new SigningKeyError('FILE_NOT_READABLE', `The file is no PKCS#12 file that can be read: ${why}.`, error);
  }
}
