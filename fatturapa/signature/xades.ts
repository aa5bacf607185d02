// fatturapa: signs a document as XAdES-BES enveloped (ETSI EN 319 132-1): `ds:Signature` last in the root, nothing else changed.
import { hash } from 'node:crypto';
import { readText } from '../read-text.ts';
import { issuerSerialOf, type SigningMoment } from './cades.ts';
import { publicKeyOf } from './certificate-facts.ts';
import { orderBytesOf } from './curves.ts';
import { ecdsaBare } from './ecdsa-form.ts';
import { signableXml, XmlNotSignable } from './signable-xml.ts';
import type { SigningKey } from './signing-key.ts';

const dsNamespace = 'http://www.w3.org/2000/09/xmldsig#';
const namespaces = `xmlns:ds="${dsNamespace}"`;
const xadesNamespaces = `${namespaces} xmlns:xades="http://uri.etsi.org/01903/v1.3.2#"`;

const algorithms = {
  exclusive: 'http://www.w3.org/2001/10/xml-exc-c14n#',
  enveloped: 'http://www.w3.org/2000/09/xmldsig#enveloped-signature',
  sha256: 'http://www.w3.org/2001/04/xmlenc#sha256',
  'RSA-SHA256': 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
  'ECDSA-SHA256': 'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256',
  signedProperties: 'http://uri.etsi.org/01903#SignedProperties',
} as const;

const digestMethod = `<ds:DigestMethod Algorithm="${algorithms.sha256}"/>`;

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

function digestOf(canonical: string): string {
  return hash('sha256', canonical, 'base64');
}

function digest(value: string): string {
  return `${digestMethod}<ds:DigestValue>${value}</ds:DigestValue>`;
}

/** Ids that no element of an invoice has, and the same again for the same document, signer and time. */
interface Ids {
  readonly signature: string;
  readonly document: string;
  readonly properties: string;
}

function idsOf(canonical: string, key: SigningKey, at: Date): Ids {
  const from = `${canonical}${base64(key.certificate)}${at.toISOString()}`;
  const id = `id-${hash('sha256', from, 'hex').slice(0, 32)}`;
  return { signature: id, document: `${id}-document`, properties: `${id}-properties` };
}

function transform(algorithm: string): string {
  return `<ds:Transform Algorithm="${algorithm}"/>`;
}

function signingCertificate(key: SigningKey): string {
  const id = `<xades:CertDigest>${digest(hash('sha256', key.certificate, 'base64'))}</xades:CertDigest>`;
  const issuer = `<xades:IssuerSerialV2>${base64(issuerSerialOf(key.certificate))}</xades:IssuerSerialV2>`;
  return `<xades:SigningCertificateV2><xades:Cert>${id}${issuer}</xades:Cert></xades:SigningCertificateV2>`;
}

/** `scope` declares the prefixes where the element stands on its own; inside the signature they are declared above it. */
function signedProperties(key: SigningKey, at: Date, ids: Ids, scope = ''): string {
  // Whole seconds: some readers know no fractions.
  const signingTime = `<xades:SigningTime>${at.toISOString().slice(0, 19)}Z</xades:SigningTime>`;
  const mime = '<xades:MimeType>text/xml</xades:MimeType>';
  const format = `<xades:DataObjectFormat ObjectReference="#${ids.document}">${mime}</xades:DataObjectFormat>`;
  return (
    `<xades:SignedProperties ${scope}Id="${ids.properties}"><xades:SignedSignatureProperties>` +
    `${signingTime}${signingCertificate(key)}</xades:SignedSignatureProperties>` +
    `<xades:SignedDataObjectProperties>${format}</xades:SignedDataObjectProperties></xades:SignedProperties>`
  );
}

function signedInfo(key: SigningKey, ids: Ids, digests: { document: string; properties: string }, scope = ''): string {
  return (
    `<ds:SignedInfo${scope}><ds:CanonicalizationMethod Algorithm="${algorithms.exclusive}"/>` +
    `<ds:SignatureMethod Algorithm="${algorithms[key.algorithm]}"/>` +
    `<ds:Reference Id="${ids.document}" URI=""><ds:Transforms>${transform(algorithms.enveloped)}` +
    `${transform(algorithms.exclusive)}</ds:Transforms>${digest(digests.document)}</ds:Reference>` +
    `<ds:Reference Type="${algorithms.signedProperties}" URI="#${ids.properties}"><ds:Transforms>` +
    `${transform(algorithms.exclusive)}</ds:Transforms>${digest(digests.properties)}</ds:Reference></ds:SignedInfo>`
  );
}

function valueOf(key: SigningKey, signature: Uint8Array): string {
  if (key.algorithm === 'RSA-SHA256') return base64(signature);
  return base64(ecdsaBare(signature, orderBytesOf(publicKeyOf(key.certificate))));
}

async function signatureElement(canonical: string, key: SigningKey, at: Date): Promise<string> {
  const ids = idsOf(canonical, key, at);
  const digests = {
    document: digestOf(canonical),
    properties: digestOf(signableXml(signedProperties(key, at, ids, `${xadesNamespaces} `)).canonical),
  };
  const toSign = signableXml(signedInfo(key, ids, digests, ` ${namespaces}`)).canonical;
  const value = valueOf(key, await key.sign(Buffer.from(toSign)));
  const certificates = [key.certificate, ...key.chain].map(
    (der) => `<ds:X509Certificate>${base64(der)}</ds:X509Certificate>`,
  );
  return (
    `<ds:Signature ${namespaces} Id="${ids.signature}">${signedInfo(key, ids, digests)}` +
    `<ds:SignatureValue>${value}</ds:SignatureValue>` +
    `<ds:KeyInfo><ds:X509Data>${certificates.join('')}</ds:X509Data></ds:KeyInfo>` +
    `<ds:Object><xades:QualifyingProperties xmlns:xades="http://uri.etsi.org/01903/v1.3.2#" Target="#${ids.signature}">` +
    `${signedProperties(key, at, ids)}</xades:QualifyingProperties></ds:Object></ds:Signature>`
  );
}

/** A document in another encoding is written anew in UTF-8, and says so. */
function inUtf8(bytes: Uint8Array): string {
  const reading = readText(bytes);
  if (!reading.ok) throw new XmlNotSignable(`The document cannot be signed as XML: ${reading.finding.message.en}`);
  return reading.text.replace(/^(\s*<\?xml[^>]{0,200}?\sencoding\s*=\s*)(["'])(?!utf-?8\2)[^"']*\2/i, '$1$2UTF-8$2');
}

/** An element of that name in that namespace, whatever its prefix; a text that merely mentions one is no harm. */
function insistOnUnsigned(canonical: string): void {
  if (!canonical.includes(`"${dsNamespace}"`) || !/<(?:[^\s<>/:]+:)?Signature[\s>]/.test(canonical)) return;
  throw new XmlNotSignable('The document carries a signature already; a second one would break it.');
}

/**
 * Signs a document inside itself.
 * @param document XML without a DOCTYPE, in UTF-8 or in an encoding that it declares
 * @param key who signs; its chain goes into KeyInfo too
 * @param moment the signing time (00103 where it were missing)
 * @returns the same bytes with the signature before the root's end tag; in UTF-8 (a document in another encoding is converted)
 * @throws XmlNotSignable for what is no such XML or is signed already; whatever the key's `sign` throws
 */
export async function signXades(document: Uint8Array, key: SigningKey, { at }: SigningMoment): Promise<Buffer> {
  const text = inUtf8(document);
  const { canonical, rootEnd } = signableXml(text);
  if (rootEnd < 0) throw new XmlNotSignable('The document is empty: its root has no room for a signature.');
  insistOnUnsigned(canonical);
  const place = text.lastIndexOf('</', rootEnd);
  const signature = await signatureElement(canonical, key, at);
  return Buffer.from(`${text.slice(0, place)}${signature}${text.slice(place)}`);
}
