// fatturapa: judges the enveloped signatures of an XML document (XAdES), an invoice or one of SdI's notices.
import { readText } from '../read-text.ts';
import type { SignatureVerdict, VerifyOptions } from './signature-verdict.ts';
import { agreementOf, type SignatureScheme } from './verify-algorithm.ts';
import { readCertificate, type Certificate } from './verify-certificate.ts';
import { signatureFinding, type SignatureReason } from './verify-findings.ts';
import { bindingProblem, judgeSigner, type JudgedSigner, type SignerFacts } from './verify-signer.ts';
import { canonicalElement, canonicalMethods } from './canonical-xml.ts';
import { namesSigner, signedPropertiesOf, signingTimeOf } from './verify-xml-properties.ts';
import {
  base64In,
  checkReferences,
  FormError,
  inclusivePrefixesOf,
  signatureNamespace,
  type CheckedReference,
} from './verify-xml-references.ts';
import {
  attributeOf,
  childrenNamed,
  onlyChild,
  readXmlTree,
  type XmlDocument,
  type XmlElement,
} from './canonical-tree.ts';

const signaturesMax = 5;
const certificatesMax = 20;

const ecdsa = (digest: SignatureScheme['digest']): SignatureScheme => ({ family: 'ecdsa', digest, form: 'ieee-p1363' });
const rsa = (digest: SignatureScheme['digest']): SignatureScheme => ({ family: 'rsa', digest, form: 'der' });
const pss = (digest: SignatureScheme['digest'], saltLength: number): SignatureScheme => ({
  family: 'pss',
  digest,
  form: 'der',
  saltLength,
});

/** Keys are those of certificates only, so that no HMAC and no bare key can stand in for a signer (RFC 6931). */
const schemes: Readonly<Record<string, SignatureScheme>> = {
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256': rsa('sha256'),
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha384': rsa('sha384'),
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512': rsa('sha512'),
  'http://www.w3.org/2000/09/xmldsig#rsa-sha1': rsa('weak'),
  'http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1': pss('sha256', 32),
  'http://www.w3.org/2007/05/xmldsig-more#sha384-rsa-MGF1': pss('sha384', 48),
  'http://www.w3.org/2007/05/xmldsig-more#sha512-rsa-MGF1': pss('sha512', 64),
  'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256': ecdsa('sha256'),
  'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384': ecdsa('sha384'),
  'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512': ecdsa('sha512'),
  'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha1': ecdsa('weak'),
};

function certificatesOf(signature: XmlElement): Certificate[] {
  const data = childrenNamed(onlyChild(signature, signatureNamespace, 'KeyInfo'), signatureNamespace, 'X509Data');
  const encoded = data.flatMap((each) => childrenNamed(each, signatureNamespace, 'X509Certificate'));
  if (encoded.length > certificatesMax) throw new FormError('too many certificates');
  if (encoded.length === 0) throw new FormError('no X509Certificate in KeyInfo', 'noCertificate');
  const certificates = encoded
    .map((element) => readCertificate(base64In(element)))
    .filter((certificate) => certificate !== undefined);
  if (certificates.length === 0) throw new FormError('no readable certificate', 'unusable');
  return certificates;
}

/** What the signature value is over, and how it was made. */
interface SignedInfo {
  readonly bytes: Buffer;
  readonly scheme: SignatureScheme | undefined;
  readonly value: Buffer;
}

function signedInfoOf(signedInfo: XmlElement, signature: XmlElement): SignedInfo {
  const canonical = onlyChild(signedInfo, signatureNamespace, 'CanonicalizationMethod');
  const method = canonicalMethods[attributeOf(canonical, 'Algorithm') ?? ''];
  if (!method) throw new FormError('an unknown CanonicalizationMethod');
  const form = canonicalElement(signedInfo, { method, inclusivePrefixes: inclusivePrefixesOf(canonical) });
  const algorithm = attributeOf(onlyChild(signedInfo, signatureNamespace, 'SignatureMethod'), 'Algorithm') ?? '';
  const value = base64In(onlyChild(signature, signatureNamespace, 'SignatureValue'));
  return { bytes: Buffer.from(form), scheme: schemes[algorithm], value };
}

function problemOf(
  info: SignedInfo,
  certificate: Certificate,
  { rsaBitsMin }: VerifyOptions,
): SignatureReason | undefined {
  const outcome = agreementOf(info.scheme, certificate.publicKey, info.bytes, info.value, rsaBitsMin);
  return outcome === 'agrees' ? undefined : outcome;
}

/** What the signature says of itself counts only where it is under the signature. */
function coveredProperties(signature: XmlElement, references: readonly CheckedReference[]): XmlElement | undefined {
  const properties = signedPropertiesOf(signature);
  return references.some(({ target }) => target === properties) ? properties : undefined;
}

function factsOf(signature: XmlElement, document: XmlDocument, options: VerifyOptions): SignerFacts {
  const signedInfo = onlyChild(signature, signatureNamespace, 'SignedInfo');
  if (!signedInfo) throw new FormError('no SignedInfo');
  const references = checkReferences(signedInfo, signature, document);
  const info = signedInfoOf(signedInfo, signature);
  const pool = certificatesOf(signature);
  const properties = coveredProperties(signature, references);
  const named = properties ? pool.filter((certificate) => namesSigner(properties, certificate)) : [];
  const candidates = named.length > 0 ? named : pool;
  const certificate = candidates.find((one) => problemOf(info, one, options) === undefined) ?? candidates[0];
  if (!certificate) throw new FormError('no readable certificate', 'unusable');
  const problems = [
    ...references.map(({ problem }) => problem),
    problemOf(info, certificate, options),
    bindingProblem(properties && namesSigner(properties, certificate), options),
  ];
  const broken = [...new Set(problems.filter((problem) => problem !== undefined))];
  return { role: 'signer', certificate, signedAt: properties && signingTimeOf(properties), pool, broken };
}

function refusal(reason: SignatureReason, detail: string, { words = signatureFinding }: VerifyOptions): JudgedSigner {
  return { signer: { role: 'signer', valid: false }, findings: [words(reason, { detail, signer: '?' })] };
}

function judgeOne(signature: XmlElement, document: XmlDocument, options: VerifyOptions): JudgedSigner {
  try {
    return judgeSigner(factsOf(signature, document, options), options);
  } catch (error) {
    if (error instanceof FormError) return refusal(error.reason, error.message, options);
    throw error;
  }
}

function verdictOf(judged: readonly JudgedSigner[]): SignatureVerdict {
  const findings = judged.flatMap((one) => one.findings);
  const valid = !findings.some(({ severity }) => severity === 'error');
  return { form: 'XAdES', valid, signers: judged.map(({ signer }) => signer), findings };
}

/**
 * Judges every enveloped signature of an XML document: each `ds:Signature` that is a child of the root. Nothing throws; nothing is
 * fetched; no transform is run but leaving out the signatures and the canonical forms. A signature deeper inside (such as a
 * receiver's in the notice that passes it on) is about something else and is not judged.
 * @param xml the exact bytes of the document
 * @param options the instant of reception, trust anchors, revocation lists
 * @returns the verdict, or undefined where the document carries no such signature; codes as for `verifyCms`, where 00102 also says
 *   that a signature does not cover the whole document
 */
export function verifyXml(xml: Uint8Array, options: VerifyOptions): SignatureVerdict | undefined {
  const file = readText(xml);
  if (!file.ok) return verdictOf([refusal('xmlUnreadable', file.finding.message.en, options)]);
  // Most documents have no signature, and need no tree. Names of elements stand as they are written, while a namespace may hide behind
  // references (`xmldsig&#35;`) and the element behind any prefix.
  if (!file.text.includes('Signature')) return undefined;
  const reading = readXmlTree(file.text);
  if (!reading.ok) return verdictOf([refusal('xmlUnreadable', reading.detail, options)]);
  const signatures = childrenNamed(reading.document.root, signatureNamespace, 'Signature');
  if (signatures.length === 0) return undefined;
  if (signatures.length > signaturesMax)
    return verdictOf([refusal('xmlForm', `more than ${signaturesMax} signatures`, options)]);
  return verdictOf(signatures.map((signature) => judgeOne(signature, reading.document, options)));
}
