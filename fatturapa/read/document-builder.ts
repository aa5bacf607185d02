// fatturapa: builds the object of a document from the file's events and judges its format on the way, by the tables alone.
import type { DocumentSchema, TextType } from '../schema/schema.ts';
import { sistemaEmittente } from '../schema/root-attributes.ts';
import { isBlank, treatBlanks } from './blanks.ts';
import { BlockOrder } from './block-order.ts';
import { compiledBlock, type CompiledBlock, type Slot } from './compiled-block.ts';
import {
  elementInText,
  missingVersion,
  namespaced,
  strayText,
  unknownAttribute,
  unknownElement,
  wrongText,
  type Complaint,
  type FormatError,
} from './format-finding.ts';
import { nearName } from './near-name.ts';
import type { XmlAttribute, XmlElement, XmlListener } from './xml-events.ts';

/** The object of a block while it is built: texts, blocks, or lists of either. */
export type BlockObject = Record<string, unknown>;

const signatureNamespace = 'http://www.w3.org/2000/09/xmldsig#';
const schemaInstance = 'http://www.w3.org/2001/XMLSchema-instance';
const hints = new Set(['schemaLocation', 'noNamespaceSchemaLocation']);

/** An element that is open. */
interface Frame {
  readonly name: string;
  /** Its place among its like, from 1; 0 where it can stand only once. */
  readonly index: number;
  readonly start: number;
  readonly text: TextType | undefined;
  readonly emptyMeans: string | undefined;
  readonly block: CompiledBlock | undefined;
  readonly order: BlockOrder | undefined;
  readonly value: BlockObject;
  /** The list that its value goes to, where it may stand several times. */
  readonly list: unknown[] | undefined;
  /** The object that its value goes to otherwise; undefined for the root. */
  readonly parent: BlockObject | undefined;
}

/** Schemas by the namespace and local name of their root. */
export type RootSchemas = readonly DocumentSchema[];

/** A root that is none of ours; it ends the reading. */
export class UnknownRoot extends Error {
  readonly element: XmlElement;
  readonly offset: number;

  constructor(element: XmlElement, offset: number) {
    super(`The root ${element.name} is no invoice`);
    this.element = element;
    this.offset = offset;
  }
}

/** Hears a file and builds its document. */
export class DocumentBuilder implements XmlListener {
  readonly errors: FormatError[] = [];
  /** How many errors there were, those beyond the limit included. */
  errorCount = 0;
  schema: DocumentSchema | undefined;
  document: BlockObject = {};
  /** Whether a `ds:Signature` stands at the end of the root. */
  signed = false;

  readonly #schemas: RootSchemas;
  readonly #errorsMax: number;
  readonly #frames: Frame[] = [];
  #text = '';
  /** Depth below an element that is passed over whole. */
  #skipping = 0;
  #namespaceTold = false;

  constructor(schemas: RootSchemas, errorsMax: number) {
    this.#schemas = schemas;
    this.#errorsMax = errorsMax;
  }

  open(element: XmlElement, start: number): void {
    if (this.#skipping > 0) {
      this.#skipping++;
      return;
    }
    const parent = this.#frames.at(-1);
    if (!parent) this.#openRoot(element, start);
    else this.#openChild(parent, element, start);
  }

  text(text: string): void {
    if (this.#skipping > 0) return;
    const frame = this.#frames.at(-1);
    if (frame?.text) {
      this.#text = this.#text === '' ? text : this.#text + text;
    } else if (frame && !isBlank(text)) {
      this.#complain(this.#path(), frame.start, strayText(text, frame.name));
    }
  }

  close(): void {
    if (this.#skipping > 0) {
      this.#skipping--;
      return;
    }
    const frame = this.#frames.at(-1);
    if (!frame) return;
    if (frame.text) this.#closeText(frame, frame.text);
    else this.#closeBlock(frame);
    this.#frames.pop();
    this.#text = '';
  }

  #openRoot(element: XmlElement, start: number): void {
    const schema = this.#schemas.find(({ root, namespace }) => root === element.local && namespace === element.uri);
    if (!schema) throw new UnknownRoot(element, start);
    this.schema = schema;
    const block = compiledBlock(schema.block);
    this.#frames.push({
      name: element.local,
      index: 0,
      start,
      text: undefined,
      emptyMeans: undefined,
      block,
      order: new BlockOrder(block, element.local),
      value: this.document,
      list: undefined,
      parent: undefined,
    });
    this.#takeRootAttributes(schema, element, start);
  }

  #takeRootAttributes(schema: DocumentSchema, element: XmlElement, start: number): void {
    const types = rootAttributes(schema);
    for (const attribute of element.attributes) {
      const { name, value } = attribute;
      const type = types[name];
      if (!type) {
        if (!isForEveryElement(attribute)) this.#complain(`@${name}`, start, unknownAttribute(name, element.local));
        continue;
      }
      const treated = treatBlanks(value, type.whiteSpace);
      if (!type.accepts(treated)) this.#complain(`@${name}`, start, wrongText(name, treated, type));
      this.document[name] = treated;
    }
    if (this.document['versione'] === undefined) {
      this.#complain('@versione', start, missingVersion(schema.root, schema.versions));
    }
  }

  #openChild(parent: Frame, element: XmlElement, start: number): void {
    if (this.#frames.length === 1 && element.uri === signatureNamespace)
      return this.#openSignature(parent, element, start);
    if (element.uri !== '') this.#tellNamespace(element, start);
    if (parent.text) {
      this.#complain(this.#path(), start, elementInText(element.local, parent.name));
      this.#skipping = 1;
      return undefined;
    }
    const slot = parent.block?.slots.get(element.local);
    if (!slot) return this.#skipUnknown(parent, element, start);
    const wrongPlace = this.signed ? unknownAfterSignature(element.local) : parent.order?.take(slot);
    return this.#openKnown(parent, slot, element, start, wrongPlace);
  }

  #openKnown(parent: Frame, slot: Slot, element: XmlElement, start: number, wrongPlace: Complaint | undefined): void {
    const { name, row } = slot;
    const list = slot.repeats ? ((parent.value[name] ??= []) as unknown[]) : undefined;
    const { type } = row;
    const isText = type.kind === 'text';
    const block = type.kind === 'block' ? compiledBlock(type) : undefined;
    this.#frames.push({
      name,
      index: list ? list.length + 1 : 0,
      start,
      text: isText ? type : undefined,
      emptyMeans: row.emptyMeans,
      block,
      order: block && new BlockOrder(block, name),
      value: isText ? noValue : {},
      list,
      parent: parent.value,
    });
    this.#text = '';
    if (wrongPlace) this.#complain(this.#path(), start, wrongPlace);
    if (element.attributes.length > 0) this.#checkAttributes(element, start);
  }

  #checkAttributes(element: XmlElement, start: number): void {
    for (const attribute of element.attributes) {
      if (isForEveryElement(attribute)) continue;
      this.#complain(this.#path(), start, unknownAttribute(attribute.name, element.local));
    }
  }

  #openSignature(root: Frame, element: XmlElement, start: number): void {
    if (element.local !== 'Signature' || this.signed) {
      this.#complain(element.local, start, unknownElement(element.name, root.name, undefined));
    } else {
      this.signed = true;
    }
    this.#skipping = 1;
  }

  #skipUnknown(parent: Frame, element: XmlElement, start: number): void {
    const known = nearName(element.local, parent.block?.slots.keys() ?? []);
    const path = this.#childPath(element.local);
    this.#complain(path, start, unknownElement(element.local, parent.name, known));
    this.#skipping = 1;
  }

  /** Once a file: a namespace by default makes every element of it wrong in the same way. */
  #tellNamespace(element: XmlElement, start: number): void {
    if (this.#namespaceTold) return;
    this.#namespaceTold = true;
    this.#complain(
      this.#childPath(element.local),
      start,
      namespaced(element.name, element.uri, this.schema?.root ?? ''),
    );
  }

  #closeText(frame: Frame, type: TextType): void {
    const value = treatBlanks(this.#text === '' ? (frame.emptyMeans ?? '') : this.#text, type.whiteSpace);
    if (!type.accepts(value)) this.#complain(this.#path(), frame.start, wrongText(frame.name, value, type));
    keep(frame, value);
  }

  #closeBlock(frame: Frame): void {
    for (const { name, complaint } of frame.order?.end() ?? []) {
      this.#complain(this.#childPath(name), frame.start, complaint);
    }
    keep(frame, frame.value);
  }

  #path(): string {
    let path = '';
    for (let at = 1; at < this.#frames.length; at++) {
      const { name, index } = this.#frames[at]!;
      path += `${at > 1 ? '/' : ''}${name}${index > 0 ? `[${index}]` : ''}`;
    }
    return path;
  }

  #childPath(name: string): string {
    const above = this.#path();
    return above === '' ? name : `${above}/${name}`;
  }

  #complain(path: string, offset: number, complaint: Complaint): void {
    this.errorCount++;
    if (this.errors.length < this.#errorsMax) this.errors.push({ path, offset, ...complaint });
  }
}

const noValue: BlockObject = {};

/** Puts an element's value where it belongs; of two where one may stand, the first counts. */
function keep({ list, parent, name }: Frame, value: unknown): void {
  if (list) list.push(value);
  else if (parent) parent[name] ??= value;
}

function unknownAfterSignature(name: string): Complaint {
  return {
    message: {
      it: `${name} sta dopo la firma, che deve essere l'ultimo elemento.`,
      en: `${name} stands behind the signature, which must be the last element.`,
    },
    fix: { it: 'Completare il documento e poi firmarlo.', en: 'Complete the document, then sign it.' },
  };
}

/** Declarations of namespaces and the hints where schemas lie may stand on every element. */
function isForEveryElement({ name, uri }: XmlAttribute): boolean {
  if (name === 'xmlns' || name.startsWith('xmlns:')) return true;
  return uri === schemaInstance && hints.has(name.slice(name.indexOf(':') + 1));
}

const attributesBySchema = new WeakMap<DocumentSchema, Readonly<Record<string, TextType>>>();

/** The attributes of the root, alike in all formats. */
function rootAttributes(schema: DocumentSchema): Readonly<Record<string, TextType>> {
  let types = attributesBySchema.get(schema);
  if (!types) {
    types = { versione: versionType(schema.versions), SistemaEmittente: sistemaEmittente };
    attributesBySchema.set(schema, types);
  }
  return types;
}

function versionType(versions: readonly string[]): TextType {
  const list = versions.join(', ');
  return {
    kind: 'text',
    name: 'versione',
    sense: 'code',
    whiteSpace: 'preserve',
    accepts: (text) => versions.includes(text),
    allowed: { it: list, en: list },
  };
}
