// fatturapa: reads what stands on the outside of a document in one pass, and says where a file is no FatturaPA at all.
import { SaxesParser, type SaxesTagNS } from 'saxes';
import { envelopeOf, wantedFields, type Envelope, type FieldNode, type FieldTexts } from './envelope-fields.ts';
import { formatFinding, type DocumentFinding, type Sentence } from './finding.ts';
import { readText } from './read-text.ts';

/** SdI takes files up to 5 MiB on every channel (00003). */
export const documentBytesMax = 5_242_880;

/** No FatturaPA is deeper than ten elements; a file that is deeper means harm. */
const depthMax = 64;

/** More than any of the wanted elements may hold by the schema (Denominazione 80), and little enough to store and show. */
const fieldLengthMax = 500;

const roots: Readonly<Record<string, Envelope['format']>> = {
  '{http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2}FatturaElettronica': 'ordinary',
  '{http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.0}FatturaElettronicaSemplificata': 'simplified',
};

/** What the outside of a file says, or why it is no document. `doubtfulEncoding`: see `readText`. */
export type EnvelopeReading =
  | { readonly ok: true; readonly envelope: Envelope; readonly doubtfulEncoding: boolean }
  | { readonly ok: false; readonly findings: DocumentFinding[] };

/** Ends the reading at once; it never leaves this file. */
class Refusal extends Error {
  readonly finding: DocumentFinding;

  constructor(finding: DocumentFinding) {
    super(finding.message.en);
    this.finding = finding;
  }
}

const fixes = {
  doctype: { it: 'Togliere il DOCTYPE dal file.', en: 'Remove the DOCTYPE from the file.' },
  root: {
    it: 'La radice deve essere FatturaElettronica (fatture/v1.2) o FatturaElettronicaSemplificata (fatture/v1.0).',
    en: 'The root must be FatturaElettronica (fatture/v1.2) or FatturaElettronicaSemplificata (fatture/v1.0).',
  },
  form: {
    it: 'Correggere il file nel punto indicato, o esportarlo di nuovo dal programma che lo ha scritto.',
    en: 'Correct the file at this place, or export it again from the program that wrote it.',
  },
  size: { it: 'Dividere il lotto o togliere allegati.', en: 'Split the lot or drop attachments.' },
} as const;

class EnvelopeReader {
  readonly #parser = new SaxesParser({ xmlns: true });
  readonly #texts: FieldTexts = {};
  readonly #bodies: FieldTexts[] = [];
  readonly #above: (FieldNode | undefined)[] = [];
  #node: FieldNode | undefined;
  #text = '';
  #format: Envelope['format'] | undefined;
  #versione: string | undefined;

  constructor() {
    const parser = this.#parser;
    parser.on('doctype', () => this.#refuse(doctypeMessage, fixes.doctype));
    parser.on('opentag', (tag) => this.#open(tag));
    parser.on('closetag', () => this.#close());
    parser.on('text', (text) => this.#take(text));
    parser.on('cdata', (text) => this.#take(text));
    parser.on('error', (error) => {
      const why = error.message.replace(/^\d+:\d+: /, '');
      this.#refuse({ it: `XML non ben formato: ${why}`, en: `The XML is not well-formed: ${why}` }, fixes.form);
    });
  }

  read(text: string): Envelope {
    this.#parser.write(text).close();
    return envelopeOf(this.#format ?? 'ordinary', this.#versione, this.#texts, this.#bodies);
  }

  #refuse(message: Sentence, fix: Sentence): never {
    const { line, column } = this.#parser;
    throw new Refusal(formatFinding(message, fix, { line, column: column + 1 }));
  }

  #open(tag: SaxesTagNS): void {
    if (this.#above.length >= depthMax) {
      this.#refuse({ it: 'Elementi annidati troppo a fondo.', en: 'The elements are nested too deeply.' }, fixes.form);
    }
    if (this.#format === undefined) {
      this.#openRoot(tag);
    } else {
      this.#above.push(this.#node);
      this.#node = this.#node?.children.get(tag.local);
      if (this.#node?.opensBody) this.#bodies.push({});
    }
    this.#text = '';
  }

  #openRoot(tag: SaxesTagNS): void {
    const format = roots[`{${tag.uri}}${tag.local}`];
    if (!format) {
      const found = `<${tag.name}> (${tag.uri || 'no namespace'})`;
      this.#refuse({ it: `La radice ${found} non è una fattura.`, en: `The root ${found} is no invoice.` }, fixes.root);
    }
    this.#format = format;
    this.#versione = tag.attributes['versione']?.value;
    this.#above.push(undefined);
    this.#node = wantedFields;
  }

  #take(text: string): void {
    if (this.#node?.field !== undefined && this.#text.length < fieldLengthMax) this.#text += text;
  }

  #close(): void {
    const field = this.#node?.field;
    if (field !== undefined) {
      const target = field.startsWith('body.') ? this.#bodies.at(-1) : this.#texts;
      if (target) target[field] ??= this.#text.trim().slice(0, fieldLengthMax);
    }
    this.#node = this.#above.pop();
    this.#text = '';
  }
}

const doctypeMessage = {
  it: 'Il file contiene un DOCTYPE, che una fattura non ha: le entità non vengono mai risolte.',
  en: 'The file carries a DOCTYPE, which no invoice has: entities are never resolved.',
};

function tooLarge(bytes: number): DocumentFinding {
  const message = {
    it: `Il file ha ${bytes} byte: SdI ne accetta al massimo ${documentBytesMax}.`,
    en: `The file has ${bytes} bytes: SdI takes at most ${documentBytesMax}.`,
  };
  return { code: '00003', severity: 'error', message, fix: fixes.size };
}

/**
 * Reads the envelope of a document in one linear pass, bounded in size and depth; no entity is resolved and nothing is fetched.
 * @param bytes the exact bytes of an XML file (see `readText` for the encodings)
 * @returns the envelope, or the finding that says why the file is no FatturaPA: 00200 (not well-formed, a DOCTYPE, another root,
 *   an encoding that cannot be read) with line and column from 1, or 00003 (too large)
 */
export function readEnvelope(bytes: Uint8Array): EnvelopeReading {
  if (bytes.length > documentBytesMax) return { ok: false, findings: [tooLarge(bytes.length)] };
  const file = readText(bytes);
  if (!file.ok) return { ok: false, findings: [file.finding] };
  try {
    return { ok: true, envelope: new EnvelopeReader().read(file.text), doubtfulEncoding: file.doubtful };
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, findings: [error.finding] };
    throw error;
  }
}
