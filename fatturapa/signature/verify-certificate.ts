// fatturapa: reads an X.509 certificate (RFC 5280 §4.1) as far as judging a signature needs it, however odd its names are.
import { BerError, contentOf, encodedOf, expectTag, listParts, octetsOf, readNode, type BerNode } from '../open/ber.ts';
import { algorithmOf, bitsOf, oidOf, serialOf, smallNumberOf, textOf, timeOf } from '../open/ber-values.ts';
import type { AlgorithmId } from '../open/found-signature.ts';

/** What keyUsage allows, by bit (RFC 5280 §4.2.1.3). */
export const keyUses = { digitalSignature: 0, nonRepudiation: 1, keyCertSign: 5, cRLSign: 6 } as const;

/** A Name: its texts by attribute type, and a key by which two spellings of one name are the same (RFC 5280 §7.1). */
export interface CertificateName {
  readonly texts: ReadonlyMap<string, string>;
  readonly key: string;
}

/** A certificate's parts. */
export interface Certificate {
  readonly der: Uint8Array;
  /** What its issuer signed. */
  readonly signedBytes: Uint8Array;
  readonly signatureAlgorithm: AlgorithmId;
  readonly signature: Uint8Array;
  /** Hexadecimal, in capitals. */
  readonly serial: string;
  readonly issuer: CertificateName;
  readonly subject: CertificateName;
  readonly validFrom: Date;
  readonly validUntil: Date;
  /** SubjectPublicKeyInfo in DER. */
  readonly publicKey: Uint8Array;
  /** By basicConstraints; undefined where they are absent. */
  readonly isAuthority: boolean | undefined;
  /** How many authorities may follow below; undefined where any number may. */
  readonly pathLengthMax: number | undefined;
  readonly keyId: Uint8Array | undefined;
  /** Mail addresses of the subject, in small letters. */
  readonly emails: readonly string[];
  /** By extendedKeyUsage, dotted; undefined where it is absent: then it is for everything. */
  readonly purposes: readonly string[] | undefined;
  /** Whether a key use is allowed; without keyUsage every one is. */
  readonly allows: (use: keyof typeof keyUses) => boolean;
  /** A critical extension that we do not know and that may forbid what we would accept. */
  readonly unknownCritical: string | undefined;
}

interface Extension {
  readonly critical: boolean;
  readonly value: Uint8Array;
}

const extensionTypes = {
  subjectKeyId: '2.5.29.14',
  keyUsage: '2.5.29.15',
  basicConstraints: '2.5.29.19',
  subjectAltName: '2.5.29.17',
  extendedKeyUsage: '2.5.29.37',
} as const;

/** Those besides, which are either no limit on a signature or about policies, which SdI does not judge by. */
const harmlessExtensions: ReadonlySet<string> = new Set([
  ...Object.values(extensionTypes),
  '2.5.29.18',
  '2.5.29.31',
  '2.5.29.32',
  '2.5.29.33',
  '2.5.29.35',
  '2.5.29.36',
  '2.5.29.54',
  '1.3.6.1.5.5.7.1.1',
  '1.3.6.1.5.5.7.1.3',
]);
const namePartsMax = 100;
const extensionsMax = 100;

function canonicalText(text: string): string {
  return text.trim().replace(/\s+/g, ' ').toLowerCase();
}

/**
 * Reads a Name.
 * @param node the element
 * @throws BerError where it is none
 */
export function nameOf(node: BerNode | undefined): CertificateName {
  const texts = new Map<string, string>();
  const key: string[] = [];
  for (const set of listParts(expectTag(node, 0x30), namePartsMax)) {
    for (const pair of listParts(expectTag(set, 0x31), namePartsMax)) {
      const [type, value] = listParts(expectTag(pair, 0x30), 2);
      if (value === undefined) throw new BerError('a part of a name has no value');
      const oid = oidOf(type);
      const text = textOf(value);
      if (!texts.has(oid)) texts.set(oid, text.trim());
      key.push(JSON.stringify([oid, canonicalText(text)]));
    }
  }
  return { texts, key: key.join() };
}

function extensionsOf(node: BerNode | undefined): ReadonlyMap<string, Extension> {
  const extensions = new Map<string, Extension>();
  const [list] = node ? listParts(node, 1) : [];
  for (const extension of list ? listParts(expectTag(list, 0x30), extensionsMax) : []) {
    const [type, second, third] = listParts(expectTag(extension, 0x30), 3);
    const value = third ?? second;
    if (value === undefined) throw new BerError('an extension has no value');
    const critical = third !== undefined && second !== undefined && contentOf(second)[0] !== 0;
    extensions.set(oidOf(type), { critical, value: octetsOf(value) });
  }
  return extensions;
}

type Constraints = Pick<Certificate, 'isAuthority' | 'pathLengthMax'>;

function constraintsOf(extension: Extension | undefined): Constraints {
  if (!extension) return { isAuthority: undefined, pathLengthMax: undefined };
  const [first, second] = listParts(expectTag(readNode(extension.value), 0x30), 2);
  const isAuthority = first?.tag === 0x01 && contentOf(first)[0] !== 0;
  return { isAuthority, pathLengthMax: isAuthority && second ? smallNumberOf(second) : undefined };
}

function usesOf(extension: Extension | undefined): Certificate['allows'] {
  if (!extension) return () => true;
  const bits = bitsOf(readNode(extension.value));
  return (use) => (((bits[0] ?? 0) << keyUses[use]) & 0x80) !== 0;
}

/** What only mails are judged by: odd ones must not keep a certificate from being read. */
function orNothing<T>(extension: Extension | undefined, attempt: (list: readonly BerNode[]) => T[]): T[] {
  try {
    return extension ? attempt(listParts(expectTag(readNode(extension.value), 0x30), extensionsMax)) : [];
  } catch (error) {
    if (error instanceof BerError) return [];
    throw error;
  }
}

const rfc822Name = 0x81;
const emailAddress = '1.2.840.113549.1.9.1';

function emailsOf(subject: CertificateName, alternative: Extension | undefined): string[] {
  const named = orNothing(alternative, (list) =>
    list.filter(({ tag }) => tag === rfc822Name).map((name) => Buffer.from(contentOf(name)).toString('latin1')),
  );
  const own = subject.texts.get(emailAddress);
  return [...(own === undefined ? [] : [own]), ...named].map((email) => email.toLowerCase());
}

function read(der: Uint8Array): Certificate {
  const [tbs, algorithm, signature] = listParts(expectTag(readNode(der), 0x30), 3);
  const all = listParts(expectTag(tbs, 0x30), 10);
  const [serial, , issuer, validity, subject, publicKey, ...rest] = all[0]?.tag === 0xa0 ? all.slice(1) : all;
  const [validFrom, validUntil] = listParts(expectTag(validity, 0x30), 2).map(timeOf);
  if (!validFrom || !validUntil) throw new BerError('the validity has no dates');
  const extensions = extensionsOf(rest.find((part) => part.tag === 0xa3));
  const keyIdentifier = extensions.get(extensionTypes.subjectKeyId);
  const uses = extensions.get(extensionTypes.extendedKeyUsage);
  const named = nameOf(subject);
  const unknown = [...extensions].find(([oid, { critical }]) => critical && !harmlessExtensions.has(oid));
  return {
    der,
    signedBytes: encodedOf(expectTag(tbs, 0x30)),
    signatureAlgorithm: algorithmOf(algorithm),
    signature: bitsOf(signature),
    serial: serialOf(serial),
    issuer: nameOf(issuer),
    subject: named,
    validFrom,
    validUntil,
    publicKey: encodedOf(expectTag(publicKey, 0x30)),
    ...constraintsOf(extensions.get(extensionTypes.basicConstraints)),
    keyId: keyIdentifier && octetsOf(readNode(keyIdentifier.value)),
    emails: emailsOf(named, extensions.get(extensionTypes.subjectAltName)),
    purposes: uses && orNothing(uses, (list) => list.map(oidOf)),
    allows: usesOf(extensions.get(extensionTypes.keyUsage)),
    unknownCritical: unknown?.[0],
  };
}

/**
 * Reads a certificate. Nothing throws.
 * @param der the certificate
 * @returns its parts, or undefined where it is none
 */
export function readCertificate(der: Uint8Array): Certificate | undefined {
  try {
    return read(der);
  } catch (error) {
    if (error instanceof BerError) return undefined;
    throw error;
  }
}

const nameTypes = { commonName: '2.5.4.3', surname: '2.5.4.4', givenName: '2.5.4.42', organization: '2.5.4.10' };

/**
 * Says how a name is shown: common name, else given name and surname, else organisation.
 * @param name of a subject or an issuer
 */
export function shownName({ texts }: CertificateName): string | undefined {
  const [common, surname, given, organization] = Object.values(nameTypes).map((type) => texts.get(type) || undefined);
  return common ?? (surname ? [given, surname].filter(Boolean).join(' ') : organization);
}
