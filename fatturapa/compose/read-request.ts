// fatturapa: which of its shapes a JSON document has, and whether it fits: all that can be said without knowing who sends it.
import type { DocumentFinding } from '../finding.ts';
import { ordinary } from '../schema/ordinary.ts';
import { simplified } from '../schema/simplified.ts';
import { checkShape } from './check-shape.ts';
import type { OrdinaryDraft, SimplifiedDraft } from './draft.ts';
import { errorAt } from './finding-at.ts';
import { readModel } from './read-model.ts';
import { shortInvoice, type ShortInvoice } from './short-invoice.ts';

/** A JSON document understood: in the shorter shape, or in the model's own for one of its two formats. */
export type JsonDocument =
  | { readonly shape: 'short'; readonly invoice: ShortInvoice }
  | { readonly shape: 'ordinary'; readonly draft: OrdinaryDraft; readonly register: string | undefined }
  | { readonly shape: 'simplified'; readonly draft: SimplifiedDraft; readonly register: string | undefined };

/** The document, or what does not fit. */
export type JsonReading =
  | { readonly ok: true; readonly document: JsonDocument }
  | { readonly ok: false; readonly findings: DocumentFinding[] };

const modelNames = ['FatturaElettronicaHeader', 'FatturaElettronicaBody', 'versione'];

/**
 * Reads a JSON document. The shape is told by its names: the XML's own (`FatturaElettronicaHeader`, …), where `register` may stand beside
 * them; everything else is the shorter shape.
 * @param input any JSON value
 * @returns the document, or findings with JSON pointers relative to it
 */
export function readJsonDocument(input: unknown): JsonReading {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return refused([noObject()]);
  const value = input as Readonly<Record<string, unknown>>;
  if (modelNames.some((name) => Object.hasOwn(value, name))) return readModelShape(value);
  const check = checkShape(value, shortInvoice);
  if (!check.ok) return refused(check.findings);
  return { ok: true, document: { shape: 'short', invoice: check.value as ShortInvoice } };
}

function refused(findings: DocumentFinding[]): JsonReading {
  return { ok: false, findings };
}

function readModelShape({ register, ...value }: Readonly<Record<string, unknown>>): JsonReading {
  const shape = isSimplified(value) ? 'simplified' : 'ordinary';
  const { draft, findings } = readModel(value, shape === 'simplified' ? simplified : ordinary);
  const named = typeof register === 'string' && register !== '' ? register : undefined;
  if (register !== undefined && register !== null && named === undefined) findings.push(registerWrong());
  if (findings.length > 0) return refused(findings);
  return { ok: true, document: { shape, draft, register: named } };
}

function isSimplified({ versione, FatturaElettronicaHeader: header }: Readonly<Record<string, unknown>>): boolean {
  if (versione !== undefined) return versione === 'FSM10';
  const sending = (header as { DatiTrasmissione?: { FormatoTrasmissione?: unknown } } | null | undefined)
    ?.DatiTrasmissione;
  return sending?.FormatoTrasmissione === 'FSM10';
}

function noObject(): DocumentFinding {
  return errorAt(
    'SHAPE_WRONG',
    '/',
    { it: 'Il documento deve essere un oggetto JSON.', en: 'The document must be a JSON object.' },
    { it: 'Inviare { ... } in document.', en: 'Send { ... } in document.' },
  );
}

function registerWrong(): DocumentFinding {
  return errorAt(
    'SHAPE_WRONG',
    '/register',
    { it: 'Il sezionale va indicato con un testo.', en: 'The register is named by a text.' },
    { it: 'Scriverne il nome, oppure togliere il campo.', en: 'Write its name, or leave the field out.' },
  );
}
