// fatturapa: the official schemas, run by libxml2, as a judge for tests; read from outside of the repository.
import { XmlBufferInputProvider, XmlDocument, XsdValidator, xmlRegisterInputProvider } from 'libxml2-wasm';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The judgement of the official schema. */
export interface OfficialVerdict {
  readonly valid: boolean;
  /** libxml2's own words, for the message of a failing test. */
  readonly why: string;
}

/** Judges a document by the official schema of its kind. */
export type OfficialJudge = (xml: Uint8Array) => OfficialVerdict;

const files = {
  ordinary: 'FatturaPA_ordinaria_v1.2.3.xsd',
  simplified: 'FatturaPA_semplificata_v1.0.2.xsd',
  paNotices: 'MessaggiTypes_v1.1.xsd',
  b2bNotices: 'MessaggiFatturaTypes_v1.0.xsd',
} as const;

function load(folder: string, file: string): XsdValidator {
  const schema = XmlDocument.fromBuffer(readFileSync(join(folder, file)), { url: file });
  try {
    return XsdValidator.fromDoc(schema);
  } finally {
    schema.dispose();
  }
}

function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * Compiles the official schemas once.
 * @param shared the folder of the shared material
 * @returns a judge for each schema
 */
export function officialJudges(shared: string): Readonly<Record<keyof typeof files, OfficialJudge>> {
  const folder = join(shared, 'sdi', 'xsd');
  // The schemas import the one of signatures by name; it is served from memory, so that no other file is ever opened.
  const signatures = 'xmldsig-core-schema.xsd';
  xmlRegisterInputProvider(new XmlBufferInputProvider({ [signatures]: readFileSync(join(folder, signatures)) }));
  const judge = (file: string): OfficialJudge => {
    const validator = load(folder, file);
    return (xml) => {
      try {
        const document = XmlDocument.fromBuffer(xml);
        try {
          validator.validate(document);
          return { valid: true, why: '' };
        } finally {
          document.dispose();
        }
      } catch (error) {
        return { valid: false, why: words(error) };
      }
    };
  };
  return {
    ordinary: judge(files.ordinary),
    simplified: judge(files.simplified),
    paNotices: judge(files.paNotices),
    b2bNotices: judge(files.b2bNotices),
  };
}
