// fatturapa: findings about a JSON document, with the pointer of the place.
import type { DocumentFinding, Sentence } from '../finding.ts';

/**
 * Makes a finding that keeps a document from being made.
 * @param code SdI's number, or a word in capitals
 * @param path JSON pointer (RFC 6901) into the document as it was sent
 * @param message what is wrong
 * @param fix what to do
 */
export function errorAt(code: string, path: string, message: Sentence, fix: Sentence): DocumentFinding {
  return { code, severity: 'error', path, message, fix };
}
