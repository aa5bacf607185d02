// fatturapa: takes base64 and CMS envelopes off one document, one after the other, down to its innermost bytes.
import { fileShapeOf, type FileShape } from '../file-kind.ts';
import type { SentenceDetails } from '../fill-sentence.ts';
import type { DocumentFinding } from '../finding.ts';
import { readBase64 } from './base64-file.ts';
import type { FoundSignature } from './found-signature.ts';
import { openFinding, type OpenReason } from './open-findings.ts';
import type { Layer, OpenedDocument, OpenLimits } from './opened-file.ts';
import { readCms } from './read-cms.ts';

/** The document, an archive (with the layers above it), or why there is neither. */
export type Unwrapped =
  | { readonly kind: 'document'; readonly document: OpenedDocument }
  | { readonly kind: 'archive'; readonly bytes: Uint8Array; readonly layers: readonly Layer[] }
  | { readonly kind: 'refused'; readonly finding: DocumentFinding };

interface Unwrapping {
  readonly bytes: Uint8Array;
  readonly layers: readonly Layer[];
  readonly signatures: readonly FoundSignature[];
  readonly findings: readonly DocumentFinding[];
}

interface Refused {
  readonly reason: OpenReason;
  readonly details: SentenceDetails;
}

const refuse = (reason: OpenReason, details: SentenceDetails = {}): Refused => ({ reason, details });

function takeBase64(state: Unwrapping): Unwrapping | Refused {
  const text = readBase64(state.bytes);
  if (!text.ok) return refuse('base64', { at: text.at });
  const layer: Layer = { kind: 'base64', ...(text.label === undefined ? {} : { label: text.label }) };
  return { ...state, bytes: text.bytes, layers: [...state.layers, layer] };
}

/** Line ends and zeros are what mail programs and block devices leave at the end of a file. */
function isPadding(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0 || byte === 0x0a || byte === 0x0d || byte === 0x20 || byte === 0x1a);
}

function takeCms(state: Unwrapping): Unwrapping | Refused {
  const cms = readCms(state.bytes);
  if (!cms.ok) return refuse(cms.reason, { detail: cms.detail });
  const { signature, encoding, trailingBytes } = cms;
  if (signature.content.length === 0) return refuse('emptyContent');
  const trailing = state.bytes.subarray(state.bytes.length - trailingBytes);
  const doubts = isPadding(trailing) ? [] : [openFinding('trailing', { bytes: trailingBytes })];
  return {
    bytes: signature.content,
    layers: [...state.layers, { kind: 'p7m', encoding, signers: signature.signers.length }],
    signatures: [...state.signatures, signature],
    findings: [...state.findings, ...doubts],
  };
}

const steps: Readonly<Partial<Record<FileShape, (state: Unwrapping) => Unwrapping | Refused>>> = {
  base64: takeBase64,
  cms: takeCms,
  'garbled-cms': () => refuse('garbled'),
};

function nameDoubts(name: string | undefined, layers: readonly Layer[]): DocumentFinding[] {
  if (name === undefined) return [];
  const claims = /\.p7m$/i.test(name);
  const isSigned = layers.some((layer) => layer.kind === 'p7m');
  return claims === isSigned ? [] : [openFinding(isSigned ? 'signed' : 'notSigned')];
}

function finish(state: Unwrapping, name: string | undefined): Unwrapped {
  const { bytes: xml, layers, signatures } = state;
  const findings = [...state.findings, ...nameDoubts(name, layers)];
  return {
    kind: 'document',
    document: { xml, layers, signatures, findings, ...(name === undefined ? {} : { name }) },
  };
}

/**
 * Takes the envelopes off one document. Nothing throws; each envelope is walked once.
 * @param file the bytes as they came, not empty
 * @param name its name, if known: only compared with what it is
 * @param above the layers that are already off
 * @param limits how deep envelopes may be nested
 */
export function unwrapDocument(
  file: Uint8Array,
  name: string | undefined,
  above: readonly Layer[],
  limits: OpenLimits,
): Unwrapped {
  const refused = ({ reason, details }: Refused): Unwrapped => ({
    kind: 'refused',
    finding: openFinding(reason, details, above.length > 0 ? name : undefined),
  });
  let state: Unwrapping = { bytes: file, layers: above, signatures: [], findings: [] };
  for (;;) {
    const shape = fileShapeOf(state.bytes);
    if (shape === 'zip') return { kind: 'archive', bytes: state.bytes, layers: state.layers };
    const step = steps[shape];
    if (!step) return finish(state, name);
    if (state.layers.length >= limits.depthMax) return refused(refuse('depth', { max: limits.depthMax }));
    const next = step(state);
    if ('reason' in next) return refused(next);
    state = next;
  }
}
