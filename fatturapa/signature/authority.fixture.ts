// fatturapa: authorities, certificates and revocation lists for tests, made anew in every run and as right or wrong as asked for.
import { generateKeyPairSync, hash, randomBytes, sign, X509Certificate, type KeyObject } from 'node:crypto';
import { element, nothing, objectIdentifier, octetString, sequence, setOf, smallInteger, tagged, time } from './der.ts';

/** A certificate with its private key. */
export interface Holder {
  readonly name: string;
  readonly certificate: Buffer;
  readonly pem: string;
  readonly privateKey: KeyObject;
  /** DER of its Name, of its issuer's, and of its serial number. */
  readonly subject: Buffer;
  readonly issuer: Buffer;
  readonly serial: Buffer;
}

/** What a certificate is to say. */
export interface HolderWish {
  readonly name: string;
  /** Who signs it; itself where absent. */
  readonly by?: Holder;
  readonly key?: 'EC' | 'RSA' | 'RSA-1024';
  readonly from?: Date;
  readonly to?: Date;
  /** Absent: no basicConstraints. */
  readonly authority?: { readonly pathLength?: number } | 'no';
  /** The bits of keyUsage, first octet; absent: no keyUsage. 0xc0 is for signing, 0x06 for authorities. */
  readonly usage?: number;
  /** Mail addresses of the subject. */
  readonly emails?: readonly string[];
  /** Extended key usage, dotted. */
  readonly purposes?: readonly string[];
  /** A critical extension that nobody knows. */
  readonly strange?: boolean;
  /** The name's string type: 0x0c UTF8String, 0x1c UniversalString. */
  readonly stringTag?: 0x0c | 0x1c;
}

const yes = element(0x01, Buffer.from([0xff]));
const ecdsaSha256 = sequence(objectIdentifier('1.2.840.10045.4.3.2'));
const rsaSha256 = sequence(objectIdentifier('1.2.840.113549.1.1.11'), nothing);

function keysOf(kind: HolderWish['key']): { publicKey: KeyObject; privateKey: KeyObject } {
  if (kind === undefined || kind === 'EC') return generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return generateKeyPairSync('rsa', { modulusLength: kind === 'RSA' ? 2048 : 1024 });
}

function nameOf(name: string, stringTag: number): Buffer {
  const wide = Buffer.from([...name].flatMap((character) => [0, 0, 0, character.charCodeAt(0)]));
  const text = element(stringTag, stringTag === 0x1c ? wide : Buffer.from(name));
  return sequence(setOf(sequence(objectIdentifier('2.5.4.3'), text)));
}

function bitString(bytes: Uint8Array): Buffer {
  return element(0x03, Buffer.from([0]), bytes);
}

/** A GeneralName: rfc822Name (RFC 5280 §4.2.1.6). */
function mailName(address: string): Buffer {
  return element(0x81, Buffer.from(address));
}

function extensionsOf(wish: HolderWish, publicKey: Buffer): Buffer[] {
  const { authority, usage, strange, emails = [], purposes } = wish;
  const limits = authority === 'no' || authority === undefined ? [] : [yes];
  const pathLength = typeof authority === 'object' ? authority.pathLength : undefined;
  const constraints = sequence(...limits, ...(pathLength === undefined ? [] : [smallInteger(pathLength)]));
  const extension = (oid: string, value: Buffer) => sequence(objectIdentifier(oid), yes, octetString(value));
  const keyId = octetString(octetString(hash('sha1', publicKey, 'buffer')));
  return [
    sequence(objectIdentifier('2.5.29.14'), keyId),
    ...(authority === undefined ? [] : [extension('2.5.29.19', constraints)]),
    ...(usage === undefined ? [] : [extension('2.5.29.15', bitString(Buffer.from([usage])))]),
    ...(emails.length > 0 ? [extension('2.5.29.17', sequence(...emails.map(mailName)))] : []),
    ...(purposes ? [extension('2.5.29.37', sequence(...purposes.map(objectIdentifier)))] : []),
    ...(strange ? [extension('1.2.3.4', nothing)] : []),
  ];
}

function signed(tbs: Buffer, key: KeyObject): Buffer {
  const algorithm = key.asymmetricKeyType === 'ec' ? ecdsaSha256 : rsaSha256;
  return sequence(tbs, algorithm, bitString(sign('sha256', tbs, key)));
}

/**
 * Makes a certificate with its key.
 * @param wish what it says; without more it is valid from 2020 to 2040
 */
export function makeHolder(wish: HolderWish): Holder {
  const { publicKey, privateKey } = keysOf(wish.key);
  const signer = wish.by?.privateKey ?? privateKey;
  const subject = nameOf(wish.name, wish.stringTag ?? 0x0c);
  const issuer = wish.by?.subject ?? subject;
  const serial = element(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)]));
  const from = wish.from ?? new Date('2020-01-01T00:00:00Z');
  const to = wish.to ?? new Date('2040-01-01T00:00:00Z');
  const publicBytes = publicKey.export({ format: 'der', type: 'spki' });
  const tbs = sequence(
    tagged(0, smallInteger(2)),
    serial,
    signer.asymmetricKeyType === 'ec' ? ecdsaSha256 : rsaSha256,
    issuer,
    sequence(time(from), time(to)),
    subject,
    publicBytes,
    tagged(3, sequence(...extensionsOf(wish, publicBytes))),
  );
  const certificate = signed(tbs, signer);
  const pem = new X509Certificate(certificate).toString();
  return { name: wish.name, certificate, pem, privateKey, subject, issuer, serial };
}

/**
 * Makes an authority: a holder that may issue certificates and sign revocation lists.
 * @param wish what differs from that
 */
export function makeAuthority(wish: HolderWish): Holder {
  return makeHolder({ authority: {}, usage: 0x06, ...wish });
}

/**
 * Makes a revocation list.
 * @param by who signs it
 * @param revoked whose certificates, and since when
 * @param next when the following list is due
 */
export function makeRevocationList(by: Holder, revoked: readonly (readonly [Holder, Date])[], next: Date): Buffer {
  const entries = revoked.map(([holder, since]) => sequence(holder.serial, time(since)));
  const tbs = sequence(
    smallInteger(1),
    by.privateKey.asymmetricKeyType === 'ec' ? ecdsaSha256 : rsaSha256,
    by.subject,
    time(new Date('2020-01-01T00:00:00Z')),
    time(next),
    ...(entries.length > 0 ? [sequence(...entries)] : []),
  );
  return signed(tbs, by.privateKey);
}
