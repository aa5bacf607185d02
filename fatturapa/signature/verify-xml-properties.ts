// fatturapa: what a XAdES signature says of itself under the signature (ETSI EN 319 132-1 §5.2): when, and with which certificate.
import { hash } from 'node:crypto';
import type { Certificate } from './verify-certificate.ts';
import { base64In, digestMethodOf, signatureNamespace } from './verify-xml-references.ts';
import { childrenNamed, elementsIn, onlyChild, textIn, type XmlElement } from './canonical-tree.ts';

const namespaces: ReadonlySet<string> = new Set([
  'http://uri.etsi.org/01903/v1.3.2#',
  'http://uri.etsi.org/01903/v1.2.2#',
  'http://uri.etsi.org/01903/v1.1.1#',
]);
const certificatesMax = 20;
const timeForm = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d{1,9})?(Z|[+-]\d\d:\d\d)?$/;
const romeOffset = new Intl.DateTimeFormat('en', { timeZone: 'Europe/Rome', timeZoneName: 'longOffset' });

/**
 * Finds the SignedProperties of a signature.
 * @param signature the ds:Signature
 * @returns undefined where there are none, or several
 */
export function signedPropertiesOf(signature: XmlElement): XmlElement | undefined {
  const found = childrenNamed(signature, signatureNamespace, 'Object')
    .flatMap(elementsIn)
    .filter(({ uri, local }) => local === 'QualifyingProperties' && namespaces.has(uri))
    .flatMap((qualifying) => childrenNamed(qualifying, qualifying.uri, 'SignedProperties'));
  return found.length === 1 ? found[0] : undefined;
}

/** A time without a zone is of an Italian signer's wall clock. */
function zoneInRome(wall: string): string {
  const parts = romeOffset.formatToParts(new Date(`${wall}Z`));
  return parts.find(({ type }) => type === 'timeZoneName')?.value.replace('GMT', '') || 'Z';
}

/**
 * Reads SigningTime.
 * @param properties the SignedProperties, which the caller knows to be covered by the signature
 * @returns the instant, or undefined where it is missing or none; a time without a zone is taken as time in Rome
 */
export function signingTimeOf(properties: XmlElement): Date | undefined {
  const about = onlyChild(properties, properties.uri, 'SignedSignatureProperties');
  const text = textIn(onlyChild(about, properties.uri, 'SigningTime')) ?? '';
  const [, wall, zone] = timeForm.exec(text) ?? [];
  if (wall === undefined || Number.isNaN(Date.parse(`${wall}Z`))) return undefined;
  return new Date(`${wall}${zone ?? zoneInRome(wall)}`);
}

function certificateDigests(properties: XmlElement): XmlElement[] {
  const about = onlyChild(properties, properties.uri, 'SignedSignatureProperties');
  const list =
    onlyChild(about, properties.uri, 'SigningCertificateV2') ?? onlyChild(about, properties.uri, 'SigningCertificate');
  return childrenNamed(list, properties.uri, 'Cert')
    .slice(0, certificatesMax)
    .flatMap((entry) => childrenNamed(entry, properties.uri, 'CertDigest'));
}

function isDigestOf(digest: XmlElement, certificate: Certificate): boolean {
  const method = digestMethodOf(onlyChild(digest, signatureNamespace, 'DigestMethod'));
  if (method === 'unknown') return false;
  // SHA-1 is enough to tell certificates apart that the signer brought along.
  const own = hash(method === 'weak' ? 'sha1' : method, certificate.der, 'buffer');
  return own.equals(base64In(onlyChild(digest, signatureNamespace, 'DigestValue')));
}

/**
 * Says whether the properties name a certificate as the signer's.
 * @param properties the SignedProperties, which the caller knows to be covered by the signature
 * @param certificate which
 * @returns undefined where they name none at all
 * @throws FormError where a digest is no base64
 */
export function namesSigner(properties: XmlElement, certificate: Certificate): boolean | undefined {
  const digests = certificateDigests(properties);
  return digests.length === 0 ? undefined : digests.some((digest) => isDigestOf(digest, certificate));
}
