// fatturapa: keys and certificates for tests, made anew in every run; and OpenSSL, which judges what is made with them.
import { execFile } from 'node:child_process';
import { generateKeyPairSync, randomBytes, sign, X509Certificate, type KeyObject } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { element, nothing, objectIdentifier, octetString, sequence, setOf, smallInteger, tagged, time } from './der.ts';
import { keyInMemory } from './key-object.ts';
import type { SigningKey } from './signing-key.ts';

const run = promisify(execFile);

const curves = { EC: 'P-256', 'EC-384': 'P-384', 'EC-521': 'P-521', 'EC-brainpool': 'brainpoolP256r1' } as const;

/** The kinds of keys that tests sign with. */
export type KeyKind = 'RSA' | keyof typeof curves;
/** All of them. */
export const keyKinds: readonly KeyKind[] = ['RSA', 'EC', 'EC-384', 'EC-521', 'EC-brainpool'];

/** A key with what a test may want to write into files. */
export interface MadeKey extends SigningKey {
  readonly privateKey: KeyObject;
  readonly certificatePem: string;
  /** The subject's Name in DER. */
  readonly name: Buffer;
}

/** What a test may want otherwise of a certificate. */
export interface CertificateWish {
  readonly commonName?: string;
  readonly from?: Date;
  readonly to?: Date;
  /** Who issues it; itself by default. */
  readonly by?: MadeKey;
  /** Whether it may issue others. */
  readonly issues?: boolean;
  /** Of an RSA key. */
  readonly bits?: number;
  /** Of an EC key, in place of its kind's. */
  readonly curve?: string;
}

function keysOf(
  kind: KeyKind,
  { bits = 2048, curve }: CertificateWish,
): { privateKey: KeyObject; publicKey: KeyObject } {
  if (kind === 'RSA') return generateKeyPairSync('rsa', { modulusLength: bits });
  return generateKeyPairSync('ec', { namedCurve: curve ?? curves[kind] });
}

function nameOf(commonName: string): Buffer {
  const part = (oid: string, text: Buffer): Buffer => setOf(sequence(objectIdentifier(oid), text));
  return sequence(
    part('2.5.4.6', element(0x13, Buffer.from('IT'))),
    // A UniversalString, as some Italian authorities write names.
    part('2.5.4.10', element(0x1c, Buffer.from('00000045000000e8', 'hex'))),
    part('2.5.4.3', element(0x0c, Buffer.from(commonName))),
  );
}

type Keys = ReturnType<typeof keysOf>;

function extensionsOf({ issues = false }: CertificateWish): Buffer {
  const yes = element(0x01, Buffer.from([0xff]));
  const constraints = octetString(issues ? sequence(yes) : sequence());
  // keyCertSign and cRLSign, or digitalSignature and nonRepudiation (RFC 5280 §4.2.1.3).
  const usage = octetString(element(0x03, Buffer.from(issues ? [1, 0x06] : [6, 0xc0])));
  return sequence(
    sequence(objectIdentifier('2.5.29.19'), yes, constraints),
    sequence(objectIdentifier('2.5.29.15'), yes, usage),
  );
}

function certificateOf(keys: Keys, name: Buffer, wish: CertificateWish): Buffer {
  const issuerKey = wish.by?.privateKey ?? keys.privateKey;
  const algorithm =
    issuerKey.asymmetricKeyType === 'rsa'
      ? sequence(objectIdentifier('1.2.840.113549.1.1.11'), nothing)
      : sequence(objectIdentifier('1.2.840.10045.4.3.2'));
  const tbs = sequence(
    tagged(0, smallInteger(2)),
    element(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithm,
    wish.by?.name ?? name,
    sequence(time(wish.from ?? new Date('2020-01-01T00:00:00Z')), time(wish.to ?? new Date('2036-01-01T00:00:00Z'))),
    name,
    keys.publicKey.export({ format: 'der', type: 'spki' }),
    tagged(3, extensionsOf(wish)),
  );
  const signature = sign('sha256', tbs, issuerKey);
  return sequence(tbs, algorithm, element(0x03, Buffer.concat([Buffer.from([0]), signature])));
}

/**
 * Makes a key and a certificate, which it signs itself unless another key is named.
 * @param kind which
 * @param wish what the certificate says
 */
export function madeKey(kind: KeyKind, wish: CertificateWish = {}): MadeKey {
  const keys = keysOf(kind, wish);
  const { privateKey } = keys;
  const name = nameOf(wish.commonName ?? `Prova Àè & C. ${kind}`);
  const certificate = certificateOf(keys, name, wish);
  const certificatePem = new X509Certificate(certificate).toString();
  return { ...keyInMemory(privateKey, certificate, []), privateKey, certificatePem, name };
}

/**
 * Runs a program.
 * @returns what it printed, and whether it ended well
 */
export async function runs(program: string, ...args: string[]): Promise<{ ok: boolean; output: string }> {
  try {
    const { stdout, stderr } = await run(program, args, { maxBuffer: 64 * 1024 * 1024 });
    return { ok: true, output: `${stdout}${stderr}` };
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    return { ok: false, output: `${stdout}${stderr}` };
  }
}

/** A folder of a test's own. */
export class Folder {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** Makes it. */
  static async make(): Promise<Folder> {
    return new Folder(await mkdtemp(join(tmpdir(), 'staffetta-sign-')));
  }

  /** The path of a file in it. */
  of(name: string): string {
    return join(this.path, name);
  }

  /** Writes a file into it. */
  async write(name: string, content: Uint8Array | string): Promise<string> {
    await writeFile(this.of(name), content);
    return this.of(name);
  }

  /** Reads a file of it. */
  read(name: string): Promise<Buffer> {
    return readFile(this.of(name));
  }

  /** Removes it with all that it holds. */
  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}

/**
 * Asks OpenSSL whether a CMS file is signed by a certificate.
 * @param folder where files may lie meanwhile
 * @param signed the file
 * @param certificatePem the certificate, which is its own anchor
 * @returns what OpenSSL says, and the content it took out
 */
export async function opensslVerify(
  folder: Folder,
  signed: Uint8Array,
  certificatePem: string,
): Promise<{ ok: boolean; output: string; content: Buffer }> {
  const name = randomBytes(6).toString('hex');
  const file = await folder.write(`${name}.p7m`, signed);
  const anchor = await folder.write(`${name}.pem`, certificatePem);
  const out = await folder.write(`${name}.out`, '');
  const words = ['cms', '-verify', '-cades', '-inform', 'DER', '-binary', '-purpose', 'any', '-CAfile', anchor];
  const { ok, output } = await runs('openssl', ...words, '-in', file, '-out', out);
  return { ok, output, content: await folder.read(`${name}.out`) };
}
