// fatturapa: a small XML file as a tree of elements, for what has no strict reader of its own; read by the strict scanner.
import { XmlError, type XmlAttribute, type XmlElement, type XmlListener } from './xml-events.ts';
import { scanXml } from './scan-xml.ts';

/** An element with what is in it; blanks between elements count as its text. */
export interface XmlNode {
  /** Without prefix. */
  readonly local: string;
  readonly uri: string;
  readonly attributes: readonly XmlAttribute[];
  /** Offset of its `<`, in UTF-16 units. */
  readonly start: number;
  readonly children: readonly XmlNode[];
  readonly text: string;
  /** Whether a `ds:Signature` stands right inside it; signatures are passed over otherwise. */
  readonly signed: boolean;
}

interface Growing extends XmlNode {
  readonly children: Growing[];
  text: string;
  signed: boolean;
}

const signatureNamespace = 'http://www.w3.org/2000/09/xmldsig#';

/** More than any notice (two hundred errors of three elements) or certificate of a PEC message has. */
const nodesMax = 10_000;

class TreeListener implements XmlListener {
  root: Growing | undefined;
  readonly #open: Growing[] = [];
  #nodes = 0;
  /** Depth below a signature. */
  #skipping = 0;

  open(element: XmlElement, start: number): void {
    const parent = this.#open.at(-1);
    const isSignature = element.uri === signatureNamespace && element.local === 'Signature';
    if (this.#skipping > 0 || (parent && isSignature)) {
      if (parent) parent.signed = true;
      this.#skipping++;
      return;
    }
    this.#count(start);
    const { local, uri, attributes } = element;
    const node: Growing = { local, uri, attributes, start, children: [], text: '', signed: false };
    parent?.children.push(node);
    this.root ??= node;
    this.#open.push(node);
  }

  text(text: string): void {
    const node = this.#open.at(-1);
    if (node && this.#skipping === 0) node.text += text;
  }

  close(): void {
    if (this.#skipping > 0) this.#skipping--;
    else this.#open.pop();
  }

  #count(start: number): void {
    this.#nodes++;
    if (this.#nodes <= nodesMax) return;
    const sentence = {
      it: `Il file ha più di ${nodesMax} elementi.`,
      en: `The file has more than ${nodesMax} elements.`,
    };
    throw new XmlError(sentence, start, 'limit');
  }
}

/**
 * Reads a file into a tree, in one linear pass.
 * @param text the whole file, with or without byte order mark
 * @returns its root; signatures (`ds:Signature`) are noted and left out
 * @throws XmlError with the offset, for what is not well-formed, a DOCTYPE, or more elements than such a file has
 */
export function readXmlTree(text: string): XmlNode {
  const listener = new TreeListener();
  scanXml(text, listener);
  if (!listener.root) throw new XmlError({ it: 'Il file non ha una radice.', en: 'The file has no root.' }, 0);
  return listener.root;
}

class RootFound extends Error {
  readonly root: XmlElement;

  constructor(root: XmlElement) {
    super('the root was found');
    this.root = root;
  }
}

/**
 * Looks at the root of a file and no further.
 * @param text the whole file
 * @returns its name and namespace, or undefined where what stands before it is no XML
 */
export function rootOf(text: string): Pick<XmlElement, 'local' | 'uri'> | undefined {
  try {
    scanXml(text, {
      open: (root) => {
        throw new RootFound(root);
      },
      text: () => undefined,
      close: () => undefined,
    });
    return undefined;
  } catch (error) {
    if (error instanceof RootFound) return { local: error.root.local, uri: error.root.uri };
    if (error instanceof XmlError) return undefined;
    throw error;
  }
}
