// fatturapa: a JSON document taken in to travel on: its shape is judged first, then it is written.
import type { DocumentFinding } from '../finding.ts';
import { readJsonDocument } from './read-request.ts';

/** The text of a document that has one of the shapes, or what does not fit. */
export type JsonText =
  | { readonly ok: true; readonly text: string }
  | {
      readonly ok: false;
      /** The first thing that does not fit, with its place in the request's body and what to do. */
      readonly fault: string;
      /** All of it, with JSON pointers from the request's body. */
      readonly findings: readonly DocumentFinding[];
    };

/**
 * Judges the shape of a JSON document and writes it. The shape bounds its depth, which a writer of JSON must trust: nothing is written
 * before.
 * @param document `document` of a request's body
 */
export function jsonTextOf(document: Readonly<Record<string, unknown>>): JsonText {
  const reading = readJsonDocument(document);
  if (reading.ok) return { ok: true, text: JSON.stringify(document) };
  const findings = reading.findings.map(({ path = '/', ...finding }) => ({
    ...finding,
    path: path === '/' ? '/document' : `/document${path}`,
  }));
  const [first] = findings;
  return { ok: false, fault: `body${first?.path ?? ''}: ${first?.message.en} ${first?.fix?.en ?? ''}`, findings };
}
