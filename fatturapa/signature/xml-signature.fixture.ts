// fatturapa: enveloped XML signatures for tests, made by hand and as right or wrong as asked for.
import { constants, hash, sign, type KeyObject } from 'node:crypto';
import type { Holder } from './authority.fixture.ts';
import { canonicalElement, canonicalMethods } from './canonical-xml.ts';
import { readXmlTree } from './canonical-tree.ts';

/** The names of what a signature is made of. */
export const names = {
  dsig: 'http://www.w3.org/2000/09/xmldsig#',
  enveloped: 'http://www.w3.org/2000/09/xmldsig#enveloped-signature',
  filter2: 'http://www.w3.org/2002/06/xmldsig-filter2',
  xpath: 'http://www.w3.org/TR/1999/REC-xpath-19991116',
  exclusive: 'http://www.w3.org/2001/10/xml-exc-c14n#',
  sha256: 'http://www.w3.org/2001/04/xmlenc#sha256',
  rsaSha256: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
  rsaPss: 'http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1',
  ecdsaSha256: 'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256',
  xades: 'http://uri.etsi.org/01903/v1.3.2#',
} as const;

/** A transform by its algorithm, with what is inside. */
export function transform(algorithm: string, inside = ''): string {
  return `<ds:Transform Algorithm="${algorithm}">${inside}</ds:Transform>`;
}

/** One reference: where it points, and the canonical form that its digest is of. */
export interface ReferenceWish {
  readonly uri: string;
  readonly form: string;
  readonly transforms?: string;
  readonly digestMethod?: string;
}

/** A signature. */
export interface XmlSignatureWish {
  readonly holder: Holder;
  readonly references: readonly ReferenceWish[];
  readonly method?: string;
  /** Makes the value in place of the holder's key. */
  readonly value?: (signedInfo: Buffer) => Buffer;
  readonly keyInfo?: string;
  /** SigningTime; absent: no properties at all. */
  readonly at?: string;
  /** The Id of the properties; `sp` where absent. */
  readonly id?: string;
  /** Whether the properties are under the signature. */
  readonly uncovered?: boolean;
}

const plainTransforms = transform(names.enveloped) + transform(names.exclusive);
const digestOf = (text: string): string => hash('sha256', text, 'base64');

function referenceOf({ uri, form, transforms = plainTransforms, digestMethod = names.sha256 }: ReferenceWish): string {
  return (
    `<ds:Reference URI="${uri}"><ds:Transforms>${transforms}</ds:Transforms>` +
    `<ds:DigestMethod Algorithm="${digestMethod}"></ds:DigestMethod><ds:DigestValue>${digestOf(form)}</ds:DigestValue></ds:Reference>`
  );
}

function propertiesOf({ holder, at, id = 'sp' }: XmlSignatureWish, namespaces: string): string {
  const digest =
    `<ds:DigestMethod${namespaces && ` xmlns:ds="${names.dsig}"`} Algorithm="${names.sha256}"></ds:DigestMethod>` +
    `<ds:DigestValue${namespaces && ` xmlns:ds="${names.dsig}"`}>${hash('sha256', holder.certificate, 'base64')}</ds:DigestValue>`;
  return (
    `<xades:SignedProperties${namespaces} Id="${id}"><xades:SignedSignatureProperties><xades:SigningTime>${at}</xades:SigningTime>` +
    `<xades:SigningCertificateV2><xades:Cert><xades:CertDigest>${digest}</xades:CertDigest></xades:Cert></xades:SigningCertificateV2>` +
    `</xades:SignedSignatureProperties></xades:SignedProperties>`
  );
}

/** Not by hand: a transform may hold namespaces that the exclusive form drops. */
function canonical(text: string): Buffer {
  const reading = readXmlTree(text);
  const method = canonicalMethods[names.exclusive];
  if (!reading.ok || !method) throw new Error('the test made no XML');
  return Buffer.from(canonicalElement(reading.document.root, { method }));
}

function valueOf(method: string, data: Buffer, key: KeyObject): Buffer {
  if (key.asymmetricKeyType === 'ec') return sign('sha256', data, { key, dsaEncoding: 'ieee-p1363' });
  const padding = method === names.rsaPss ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING;
  return sign('sha256', data, { key, padding, saltLength: 32 });
}

/**
 * Makes a ds:Signature with the prefix `ds`; it stands where only namespaces that it does not use are in force.
 * @param wish by whom, over what
 */
export function makeXmlSignature(wish: XmlSignatureWish): string {
  const { holder, at, uncovered, id = 'sp' } = wish;
  const isEc = holder.privateKey.asymmetricKeyType === 'ec';
  const method = wish.method ?? (isEc ? names.ecdsaSha256 : names.rsaSha256);
  const form = at === undefined ? '' : propertiesOf(wish, ` xmlns:xades="${names.xades}"`);
  const covering = { uri: `#${id}`, form, transforms: transform(names.exclusive) };
  const references = [...wish.references, ...(at === undefined || uncovered ? [] : [covering])];
  const signedInfo = (namespaces: string): string =>
    `<ds:SignedInfo${namespaces}><ds:CanonicalizationMethod Algorithm="${names.exclusive}"></ds:CanonicalizationMethod>` +
    `<ds:SignatureMethod Algorithm="${method}"></ds:SignatureMethod>${references.map(referenceOf).join('')}</ds:SignedInfo>`;
  const toSign = canonical(signedInfo(` xmlns:ds="${names.dsig}"`));
  const value = wish.value?.(toSign) ?? valueOf(method, toSign, holder.privateKey);
  const certificate = `<ds:X509Data><ds:X509Certificate>${holder.certificate.toString('base64')}</ds:X509Certificate></ds:X509Data>`;
  const object =
    at === undefined
      ? ''
      : `<ds:Object><xades:QualifyingProperties xmlns:xades="${names.xades}">${propertiesOf(wish, '')}</xades:QualifyingProperties></ds:Object>`;
  return (
    `<ds:Signature xmlns:ds="${names.dsig}">${signedInfo('')}<ds:SignatureValue>${value.toString('base64')}</ds:SignatureValue>` +
    `<ds:KeyInfo>${wish.keyInfo ?? certificate}</ds:KeyInfo>${object}</ds:Signature>`
  );
}
