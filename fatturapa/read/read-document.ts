// fatturapa: reads the XML of a document: its object, and every place where it does not conform to the format (00200, 00201).
import type { DocumentFinding, Sentence } from '../finding.ts';
import { readText, type EncodingDoubt } from '../read-text.ts';
import { ordinary, type FatturaElettronica } from '../schema/ordinary.ts';
import { simplified, type FatturaElettronicaSemplificata } from '../schema/simplified.ts';
import { DocumentBuilder, UnknownRoot } from './document-builder.ts';
import type { FormatError } from './format-finding.ts';
import { scanXml } from './scan-xml.ts';
import { placesOf } from './text-place.ts';
import { XmlError, type XmlElement } from './xml-events.ts';

/** A document of one of the two schemas. */
export type AnyDocument =
  | { readonly kind: 'ordinary'; readonly document: FatturaElettronica }
  | { readonly kind: 'simplified'; readonly document: FatturaElettronicaSemplificata };

/** What reading gives. */
export interface DocumentReading {
  /** The schema that the root names; undefined where the file is no invoice. */
  readonly kind: AnyDocument['kind'] | undefined;
  /** The document where its format is right. */
  readonly right: AnyDocument | undefined;
  /** What could be read of the document, right or not: its known elements in their place. */
  readonly partial: Readonly<Record<string, unknown>>;
  /** 00200 for each format error up to SdI's fifty, then 00201; each with line and column. */
  readonly findings: DocumentFinding[];
  /** Whether a `ds:Signature` stands in it; it is not verified here. */
  readonly signed: boolean;
  /** The text, for locating what later checks find; empty where the bytes are none. */
  readonly text: string;
}

/** SdI counts up to fifty format errors and then stops (00201). */
export const formatErrorsMax = 50;

const schemas = [ordinary, simplified];

const formFix: Sentence = {
  it: 'Correggere il file nel punto indicato, o esportarlo di nuovo dal programma che lo ha scritto.',
  en: 'Correct the file at this place, or export it again from the program that wrote it.',
};
const fixes: Readonly<Record<XmlError['about'], Sentence>> = {
  form: formFix,
  limit: formFix,
  doctype: { it: 'Togliere il DOCTYPE dal file.', en: 'Remove the DOCTYPE from the file.' },
};

const oldNamespace = /(?:fatturapa\.gov\.it|fatturapa\.it)\/sdi\/fatturapa\/v1\.(?:0|1)$|docs\/xsd\/fatture\/v1\.[01]$/;

function unknownRoot(element: XmlElement, offset: number): FormatError {
  const found = `<${element.name}> (${element.uri || 'senza namespace'})`;
  const version = /v(1\.\d)$/.exec(element.uri)?.[1];
  const old = element.local === 'FatturaElettronica' && oldNamespace.test(element.uri);
  return {
    path: '',
    offset,
    value: element.uri,
    message: old
      ? {
          it: `Il file è nel vecchio formato ${version ?? ''} ("${element.uri}"), che SdI non accetta più.`,
          en: `The file is in the old format ${version ?? ''} ("${element.uri}"), which SdI no longer takes.`,
        }
      : { it: `La radice ${found} non è una fattura.`, en: `The root ${found} is no invoice.` },
    fix: old
      ? {
          it: 'Esportare la fattura nel formato 1.2 (FPA12 o FPR12), namespace http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2.',
          en: 'Export the invoice in format 1.2 (FPA12 or FPR12), namespace http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2.',
        }
      : {
          it: `La radice deve essere FatturaElettronica nel namespace ${ordinary.namespace} o FatturaElettronicaSemplificata nel namespace ${simplified.namespace}.`,
          en: `The root must be FatturaElettronica in the namespace ${ordinary.namespace} or FatturaElettronicaSemplificata in the namespace ${simplified.namespace}.`,
        },
  };
}

function notWellFormed({ sentence, offset, about }: XmlError): FormatError {
  const isForm = about === 'form';
  return {
    path: '',
    offset,
    message: {
      it: isForm ? `XML non ben formato: ${sentence.it}` : sentence.it,
      en: isForm ? `The XML is not well-formed: ${sentence.en}` : sentence.en,
    },
    fix: fixes[about],
  };
}

function findingsOf(text: string, errors: readonly FormatError[]): DocumentFinding[] {
  const places = placesOf(
    text,
    errors.map(({ offset }) => offset),
  );
  return errors.map(({ path, offset, value, message, fix }) => ({
    code: '00200',
    severity: 'error',
    ...(path !== '' && { path }),
    ...(places.get(offset) ?? { line: 1, column: 1 }),
    ...(value !== undefined && { value }),
    message: { ...message },
    fix: { ...fix },
  }));
}

function tooManyErrors(count: number): DocumentFinding {
  return {
    code: '00201',
    severity: 'error',
    message: {
      it: `Il file contiene ${count} errori di formato: oltre ${formatErrorsMax} SdI smette di elencarli.`,
      en: `The file has ${count} format errors: past ${formatErrorsMax} SdI stops listing them.`,
    },
    fix: {
      it: 'Correggere gli errori elencati e controllare di nuovo il file.',
      en: 'Correct those listed, then check the file again.',
    },
  };
}

function scan(text: string, builder: DocumentBuilder): FormatError | undefined {
  try {
    scanXml(text, builder);
    return undefined;
  } catch (error) {
    if (error instanceof XmlError) return notWellFormed(error);
    if (error instanceof UnknownRoot) return unknownRoot(error.element, error.offset);
    throw error;
  }
}

function kindOf(builder: DocumentBuilder): AnyDocument['kind'] | undefined {
  if (!builder.schema) return undefined;
  return builder.schema.root === ordinary.root ? 'ordinary' : 'simplified';
}

/** The builder made the object by the very tables that the types come from, so that no error means the type holds. */
function rightDocument(builder: DocumentBuilder): AnyDocument | undefined {
  const kind = kindOf(builder);
  return kind && ({ kind, document: builder.document } as unknown as AnyDocument);
}

/**
 * Reads a document's text.
 * @param text the whole file, with or without byte order mark
 */
export function readDocumentText(text: string): DocumentReading {
  const builder = new DocumentBuilder(schemas, formatErrorsMax);
  const fatal = scan(text, builder);
  const errors = fatal ? [...builder.errors, fatal] : builder.errors;
  const findings = errors.length > 0 ? findingsOf(text, errors) : [];
  if (builder.errorCount > formatErrorsMax) findings.push(tooManyErrors(builder.errorCount));
  const right = errors.length === 0 ? rightDocument(builder) : undefined;
  return { kind: kindOf(builder), right, partial: builder.document, findings, signed: builder.signed, text };
}

/**
 * Reads a document. One linear pass; no entity is resolved and nothing is fetched; depth and attributes are bounded.
 * @param bytes the XML as it came (encodings: see `readText`)
 * @returns the document and its format errors, and what is doubtful about its encoding
 */
export function readDocument(bytes: Uint8Array): DocumentReading & { readonly doubt?: EncodingDoubt } {
  const file = readText(bytes);
  if (!file.ok) {
    const nothing = { kind: undefined, right: undefined, partial: {}, signed: false, text: '' };
    return { ...nothing, findings: [file.finding] };
  }
  return { ...readDocumentText(file.text), ...(file.doubt && { doubt: file.doubt }) };
}
