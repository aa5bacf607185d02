// fatturapa: the events that an XML file consists of, as the readers of documents hear them.
import type { Sentence } from '../finding.ts';

/** An attribute as it stands, references resolved. */
export interface XmlAttribute {
  /** As written, prefix included. */
  readonly name: string;
  /** The URI of its prefix; empty without one. */
  readonly uri: string;
  readonly value: string;
}

/** An element that opens. */
export interface XmlElement {
  /** As written, prefix included. */
  readonly name: string;
  readonly prefix: string;
  readonly local: string;
  /** The namespace's URI; empty where there is none. */
  readonly uri: string;
  /** Declarations of namespaces included. */
  readonly attributes: readonly XmlAttribute[];
}

/** Who listens to a file. Offsets count UTF-16 units from the start of the text. */
export interface XmlListener {
  /** @param start where its `<` stands */
  open(element: XmlElement, start: number): void;
  /** Text or CDATA, line ends normalised to U+000A; one run of text may come in pieces. */
  text(text: string): void;
  /** The innermost open element closes. */
  close(): void;
}

/** Limits of one file. */
export interface XmlLimits {
  /** How deep elements may nest; no FatturaPA is deeper than ten, signatures included. */
  readonly depthMax: number;
  /** How many attributes an element may carry. */
  readonly attributesMax: number;
}

/** Limits that no document comes near. */
export const xmlLimits: XmlLimits = { depthMax: 64, attributesMax: 64 };

/** The file is no well-formed XML, or carries what no document may. Nothing is read past this place. */
export class XmlError extends Error {
  readonly sentence: Sentence;
  readonly offset: number;
  /** What sort of trouble, to choose the fix. */
  readonly about: 'form' | 'doctype' | 'limit';

  constructor(sentence: Sentence, offset: number, about: XmlError['about'] = 'form') {
    super(sentence.en);
    this.name = 'XmlError';
    this.sentence = sentence;
    this.offset = offset;
    this.about = about;
  }
}
