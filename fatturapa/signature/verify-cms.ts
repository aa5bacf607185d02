// fatturapa: judges the signatures of a CMS envelope (CAdES).
import type { FoundSignature } from '../open/found-signature.ts';
import type { SignatureVerdict, VerifyOptions } from './signature-verdict.ts';

/**
 * Judges every signer of a CMS envelope. Nothing throws. Not done yet: every signature is said to be invalid.
 * @param _found the envelope, as `openFile` found it
 * @param _options the instant of reception, trust anchors, revocation lists
 */
export function verifyCms(_found: FoundSignature, _options: VerifyOptions): SignatureVerdict {
  return { form: 'CAdES', valid: false, signers: [], findings: [] };
}
