// fatturapa: takes the envelopes off a file: base64, CMS signatures, archives, down to the documents inside.
import { fileKindOf } from '../file-kind.ts';
import type { OpenedFile, OpenLimits } from './opened-file.ts';

/** What is known about the file, and how far to go. */
export interface OpenOptions {
  /** As it was handed in. It never decides what the file is. */
  readonly name?: string;
  readonly limits?: Partial<OpenLimits>;
}

/**
 * Opens a file. Nothing throws: what cannot be opened becomes a finding.
 * @param bytes the whole file
 * @param options its name, and limits other than `openLimits`
 */
export function openFile(bytes: Uint8Array, options: OpenOptions = {}): OpenedFile {
  const { name } = options;
  const document = { xml: bytes, layers: [], signatures: [], findings: [], ...(name === undefined ? {} : { name }) };
  return { kind: fileKindOf(bytes), documents: [document], findings: [] };
}
