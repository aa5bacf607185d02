// fatturapa: the one judgement on a document; the checks by SdI number grow here.
import type { Envelope } from './envelope-fields.ts';
import { fileKindOf, type FileKind } from './file-kind.ts';
import { formatFinding, type DocumentFinding } from './finding.ts';
import { readEnvelope } from './read-envelope.ts';

/** What is asked of the judgement. */
export interface CheckOptions {
  /** `internal`: it will go to SdI. `external`: a supplier's invoice that SdI let through already. */
  readonly kind: 'internal' | 'external';
  /** `document` judges the document; `customer` reads what it can and finds nothing (the contract's first version). */
  readonly validation: 'document' | 'customer';
}

/** The judgement: `valid` where no finding is an error. */
export interface DocumentCheck {
  readonly valid: boolean;
  readonly fileKind: FileKind;
  readonly findings: DocumentFinding[];
  /** Absent for signed files and archives, which are not opened yet, and for what could not be read. */
  readonly envelope?: Envelope;
}

function encodingFinding(kind: CheckOptions['kind']): DocumentFinding {
  const message = {
    it: 'Il file dichiara una codifica a un byte ma è scritto in UTF-8: SdI leggerebbe lettere sbagliate.',
    en: 'The file declares a single-byte encoding but is written in UTF-8: SdI would read wrong letters.',
  };
  const fix = {
    it: 'Dichiarare encoding="UTF-8", o inviare i byte nella codifica dichiarata.',
    en: 'Declare encoding="UTF-8", or send the bytes in the declared encoding.',
  };
  return {
    ...formatFinding(message, fix, { line: 1, column: 1 }),
    severity: kind === 'internal' ? 'error' : 'warning',
  };
}

function isError(finding: DocumentFinding): boolean {
  return finding.severity === 'error';
}

/**
 * Judges a document by its exact bytes. For now: it is well-formed XML with a FatturaPA root; a signed file (`.p7m`) and an archive
 * (`.zip`), recognised by their first bytes, are not opened yet and pass unchecked.
 * @param bytes the file, as it came
 * @param options what it is for and how far to look
 */
export function checkDocument(bytes: Uint8Array, options: CheckOptions): DocumentCheck {
  const fileKind = fileKindOf(bytes);
  if (fileKind !== 'xml') return { valid: true, fileKind, findings: [] };
  const reading = readEnvelope(bytes);
  if (options.validation === 'customer') {
    return { valid: true, fileKind, findings: [], ...(reading.ok ? { envelope: reading.envelope } : {}) };
  }
  if (!reading.ok) return { valid: !reading.findings.some(isError), fileKind, findings: reading.findings };
  const findings = reading.doubtfulEncoding ? [encodingFinding(options.kind)] : [];
  return { valid: !findings.some(isError), fileKind, findings, envelope: reading.envelope };
}
