// fatturapa: certificate revocation lists (RFC 5280 §5): whether a signer's certificate was revoked when the file was received.
import { BerError, encodedOf, expectTag, listParts, partsOf, readNode, type BerNode } from '../open/ber.ts';
import { algorithmOf, bitsOf, serialOf, timeOf } from '../open/ber-values.ts';
import type { AlgorithmId } from '../open/found-signature.ts';
import { agreementOf, schemeOf } from './verify-algorithm.ts';
import { nameOf, shownName, type Certificate, type CertificateName } from './verify-certificate.ts';

interface RevocationList {
  readonly signedBytes: Uint8Array;
  readonly signatureAlgorithm: AlgorithmId;
  readonly signature: Uint8Array;
  readonly issuer: CertificateName;
  readonly nextUpdate: Date | undefined;
  /** Serial number → since when. */
  readonly revoked: ReadonlyMap<string, Date>;
}

/** What the lists say of a certificate; `unsure` names the issuer of a list that could not be used, and why. */
export type Revocation =
  | { readonly kind: 'good' }
  | { readonly kind: 'revoked'; readonly since: Date }
  | { readonly kind: 'unsure'; readonly reason: 'notVerified' | 'stale'; readonly issuer: string };

const pemList = /-----BEGIN X509 CRL-----([A-Za-z0-9+/=\s]+)-----END/g;

function revokedOf(list: BerNode | undefined): Map<string, Date> {
  const revoked = new Map<string, Date>();
  if (list?.tag !== 0x30) return revoked;
  for (const entry of partsOf(list)) {
    const [serial, date] = listParts(expectTag(entry, 0x30), 3);
    const since = timeOf(date);
    if (since === undefined) throw new BerError('a revocation has no date');
    revoked.set(serialOf(serial), since);
  }
  return revoked;
}

function isTime(node: BerNode | undefined): boolean {
  return node?.tag === 0x17 || node?.tag === 0x18;
}

function read(der: Uint8Array): RevocationList {
  const [tbs, algorithm, signature] = listParts(expectTag(readNode(der), 0x30), 3);
  const all = listParts(expectTag(tbs, 0x30), 7);
  const [, issuer, , next, ...rest] = all[0]?.tag === 0x02 ? all.slice(1) : all;
  return {
    signedBytes: encodedOf(expectTag(tbs, 0x30)),
    signatureAlgorithm: algorithmOf(algorithm),
    signature: bitsOf(signature),
    issuer: nameOf(issuer),
    nextUpdate: isTime(next) ? timeOf(next) : undefined,
    revoked: revokedOf(isTime(next) ? rest[0] : next),
  };
}

function readList(der: Uint8Array): RevocationList | undefined {
  try {
    return read(der);
  } catch (error) {
    if (error instanceof BerError) return undefined;
    throw error;
  }
}

function readLists(inputs: readonly (string | Uint8Array)[]): RevocationList[] {
  const encoded = inputs.flatMap((input) =>
    typeof input === 'string'
      ? [...input.matchAll(pemList)].map(([, text = '']) => Buffer.from(text, 'base64'))
      : [input],
  );
  return encoded.map(readList).filter((list) => list !== undefined);
}

const knownLists = new WeakMap<object, readonly RevocationList[]>();

/** Lists may be megabytes long: each array of them is read once. */
function listsOf(inputs: readonly (string | Uint8Array)[]): readonly RevocationList[] {
  const known = knownLists.get(inputs) ?? readLists(inputs);
  knownLists.set(inputs, known);
  return known;
}

function isSignedByOneOf(list: RevocationList, authorities: readonly Certificate[]): boolean {
  const scheme = schemeOf(list.signatureAlgorithm);
  return authorities.some(
    (authority) =>
      authority.subject.key === list.issuer.key &&
      authority.allows('cRLSign') &&
      agreementOf(scheme, authority.publicKey, list.signedBytes, list.signature) === 'agrees',
  );
}

function judge(
  list: RevocationList,
  certificate: Certificate,
  authorities: readonly Certificate[],
  at: Date,
): Revocation {
  const unsure = { kind: 'unsure', issuer: shownName(list.issuer) ?? '?' } as const;
  if (!isSignedByOneOf(list, authorities)) return { ...unsure, reason: 'notVerified' };
  const since = list.revoked.get(certificate.serial);
  if (since !== undefined && since <= at) return { kind: 'revoked', since };
  // An old list proves a revocation, but not that there was none.
  return list.nextUpdate && list.nextUpdate < at ? { ...unsure, reason: 'stale' } : { kind: 'good' };
}

/**
 * Says whether a certificate is revoked by one of the lists.
 * @param certificate the signer's
 * @param inputs revocation lists, each PEM text or DER; the array must not be changed afterwards
 * @param authorities whose signature on a list counts: those that came along and the trust anchors
 * @param at as of when
 * @returns undefined where no list is of the certificate's issuer
 */
export function revocationOf(
  certificate: Certificate,
  inputs: readonly (string | Uint8Array)[],
  authorities: readonly Certificate[],
  at: Date,
): Revocation | undefined {
  const verdicts = listsOf(inputs)
    .filter((list) => list.issuer.key === certificate.issuer.key)
    .map((list) => judge(list, certificate, authorities, at));
  const first = (kind: Revocation['kind']) => verdicts.find((verdict) => verdict.kind === kind);
  return first('revoked') ?? first('good') ?? first('unsure');
}
