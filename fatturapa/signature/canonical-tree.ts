// fatturapa: an XML document as a tree, as far as its canonical form needs it; read by the same strict parser as every document.
import { SaxesParser, type SaxesTagNS } from 'saxes';

/** A processing instruction or a comment; a comment has no target. */
export interface XmlAside {
  readonly kind: 'instruction' | 'comment';
  readonly target: string;
  readonly text: string;
}

/** An attribute that declares no namespace. */
export interface XmlAttribute {
  readonly name: string;
  readonly prefix: string;
  readonly local: string;
  readonly uri: string;
  readonly value: string;
}

/** An element. Texts are strings, with line ends and references resolved. */
export interface XmlElement {
  readonly kind: 'element';
  readonly name: string;
  readonly prefix: string;
  readonly local: string;
  readonly uri: string;
  readonly attributes: readonly XmlAttribute[];
  /** Namespaces declared at this element: prefix (empty for the default) → URI. */
  readonly declared: ReadonlyMap<string, string>;
  readonly parent: XmlElement | undefined;
  readonly children: readonly XmlNode[];
}

/** What an element may hold. */
export type XmlNode = string | XmlElement | XmlAside;

/** A document: its root, and what stands before and behind it. */
export interface XmlDocument {
  readonly before: readonly XmlAside[];
  readonly root: XmlElement;
  readonly behind: readonly XmlAside[];
  /** Where the root's end tag ends in the text, in UTF-16 units; -1 where the root has none (`<a/>`). */
  readonly rootEnd: number;
}

/** The tree, or why there is none (in English, for a message's end). */
export type XmlReading =
  | { readonly ok: true; readonly document: XmlDocument }
  | { readonly ok: false; readonly detail: string };

/** No FatturaPA and no signature is deeper than two dozen elements. */
const depthMax = 64;
/** A lot of 5 MB has some 150,000 elements, as many texts and as many blanks between them. */
const nodesMax = 600_000;
/** In force at one element: each that declares more copies what is declared above it. */
const declarationsMax = 100;

/** Ends the reading at once; it never leaves this file. */
class Refusal extends Error {}

interface Growing extends XmlElement {
  readonly children: XmlNode[];
}

class TreeBuilder {
  readonly #parser = new SaxesParser({ xmlns: true });
  readonly #before: XmlAside[] = [];
  readonly #behind: XmlAside[] = [];
  readonly #open: Growing[] = [];
  readonly #declaredAbove: number[] = [];
  #root: Growing | undefined;
  #rootEnd = -1;
  #nodes = 0;

  constructor() {
    const parser = this.#parser;
    const take = (text: string) => this.#add(text);
    parser.on('doctype', () => this.#refuse('it carries a DOCTYPE'));
    parser.on('error', (error) => this.#refuse(error.message));
    parser.on('opentag', (tag) => this.#openTag(tag));
    parser.on('closetag', (tag) => this.#closeTag(tag));
    parser.on('text', take);
    parser.on('cdata', take);
    parser.on('comment', (text) => this.#add({ kind: 'comment', target: '', text }));
    parser.on('processinginstruction', ({ target, body }) => this.#add({ kind: 'instruction', target, text: body }));
  }

  build(text: string): XmlDocument {
    this.#parser.write(text).close();
    if (!this.#root) this.#refuse('it has no root');
    return { before: this.#before, root: this.#root, behind: this.#behind, rootEnd: this.#rootEnd };
  }

  #refuse(detail: string): never {
    throw new Refusal(detail);
  }

  #add(node: XmlNode): void {
    this.#nodes += 1;
    if (this.#nodes > nodesMax) this.#refuse('it has too many nodes');
    const parent = this.#open.at(-1);
    if (parent) parent.children.push(node);
    // Blanks around the root are no part of the document.
    else if (typeof node !== 'string' && node.kind !== 'element') (this.#root ? this.#behind : this.#before).push(node);
  }

  #openTag(tag: SaxesTagNS): void {
    if (this.#open.length >= depthMax) this.#refuse('its elements are nested too deeply');
    const declared = new Map(Object.entries(tag.ns));
    const declarations = (this.#declaredAbove.at(-1) ?? 0) + declared.size;
    if (declarations > declarationsMax) this.#refuse('it declares too many namespaces');
    this.#declaredAbove.push(declarations);
    const element: Growing = {
      kind: 'element',
      name: tag.name,
      prefix: tag.prefix,
      local: tag.local,
      uri: tag.uri,
      attributes: Object.values(tag.attributes).filter(({ name, prefix }) => prefix !== 'xmlns' && name !== 'xmlns'),
      declared,
      parent: this.#open.at(-1),
      children: [],
    };
    this.#add(element);
    this.#root ??= element;
    this.#open.push(element);
  }

  #closeTag({ isSelfClosing }: SaxesTagNS): void {
    this.#open.pop();
    this.#declaredAbove.pop();
    if (this.#open.length === 0 && !isSelfClosing) this.#rootEnd = this.#parser.position;
  }
}

/**
 * Reads a document into a tree, in one linear pass, bounded in depth and number of nodes; a DOCTYPE ends it before anything is resolved.
 * @param text the document, with or without byte order mark
 */
export function readXmlTree(text: string): XmlReading {
  try {
    return { ok: true, document: new TreeBuilder().build(text) };
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, detail: error.message };
    throw error;
  }
}

/** The elements among an element's children. */
export function elementsIn(parent: XmlElement): XmlElement[] {
  return parent.children.filter((node) => typeof node !== 'string' && node.kind === 'element');
}

/**
 * Finds child elements by name.
 * @param parent where
 * @param uri their namespace
 * @param local their name without prefix
 */
export function childrenNamed(parent: XmlElement | undefined, uri: string, local: string): XmlElement[] {
  return parent ? elementsIn(parent).filter((child) => child.uri === uri && child.local === local) : [];
}

/**
 * Finds the one child of a name.
 * @returns undefined where there is none, or more than one
 */
export function onlyChild(parent: XmlElement | undefined, uri: string, local: string): XmlElement | undefined {
  const found = childrenNamed(parent, uri, local);
  return found.length === 1 ? found[0] : undefined;
}

/** The text of an element that holds nothing else, blanks around it off. */
export function textIn(element: XmlElement | undefined): string | undefined {
  return element?.children
    .filter((node) => typeof node === 'string')
    .join('')
    .trim();
}

/** The value of an attribute without prefix. */
export function attributeOf(element: XmlElement | undefined, name: string): string | undefined {
  return element?.attributes.find((attribute) => attribute.name === name)?.value;
}

/** Visits an element and all below it, in the document's order. */
export function* elementsOf(element: XmlElement): Generator<XmlElement, void> {
  const waiting = [element];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    yield next;
    // Not spread into one call: an element may have more children than a call may have arguments.
    for (const child of elementsIn(next).reverse()) waiting.push(child);
  }
}

/**
 * Says which namespaces hold at an element.
 * @returns prefix → URI; an undeclared default has none or the empty one
 */
export function namespacesAt(element: XmlElement): ReadonlyMap<string, string> {
  const chain: XmlElement[] = [];
  for (let at: XmlElement | undefined = element; at; at = at.parent) chain.unshift(at);
  return new Map(chain.flatMap((each) => [...each.declared]));
}
