// fatturapa: judges the enveloped signatures of an XML document (XAdES), an invoice or one of SdI's notices.
import type { SignatureVerdict, VerifyOptions } from './signature-verdict.ts';

/**
 * Judges every enveloped signature of an XML document. Nothing throws. Not done yet: every signature is said to be invalid.
 * @param _xml the exact bytes of the document
 * @param _options the instant of reception, trust anchors, revocation lists
 * @returns the verdict, or undefined where the document carries no signature
 */
export function verifyXml(_xml: Uint8Array, _options: VerifyOptions): SignatureVerdict | undefined {
  return { form: 'XAdES', valid: false, signers: [], findings: [] };
}
