// fatturapa: the canonical form of XML (Canonical XML 1.0 and 1.1, Exclusive XML Canonicalization 1.0), over whole subtrees.
import {
  namespacesAt,
  type XmlAside,
  type XmlAttribute,
  type XmlDocument,
  type XmlElement,
  type XmlNode,
} from './canonical-tree.ts';

/** How a form is made. */
export interface CanonicalMethod {
  readonly exclusive: boolean;
  readonly withComments: boolean;
  /** Canonical XML 1.1 does not inherit `xml:id`. */
  readonly version: '1.0' | '1.1';
}

const inclusive = { exclusive: false, withComments: false, version: '1.0' } as const;
const newer = { exclusive: false, withComments: false, version: '1.1' } as const;
const exclusive = { exclusive: true, withComments: false, version: '1.0' } as const;

/** The form that our own signatures use: exclusive, without comments. */
export const exclusiveForm: CanonicalMethod = exclusive;

/** What SignedInfo and references name; what is left out takes no part. */
export const canonicalMethods: Readonly<Record<string, CanonicalMethod>> = {
  'http://www.w3.org/TR/2001/REC-xml-c14n-20010315': inclusive,
  'http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments': { ...inclusive, withComments: true },
  'http://www.w3.org/2006/12/xml-c14n11': newer,
  'http://www.w3.org/2006/12/xml-c14n11#WithComments': { ...newer, withComments: true },
  'http://www.w3.org/2001/10/xml-exc-c14n#': exclusive,
  'http://www.w3.org/2001/10/xml-exc-c14n#WithComments': { ...exclusive, withComments: true },
};

/** What a form is made of. */
export interface CanonicalOptions {
  readonly method: CanonicalMethod;
  /** Prefixes that the exclusive form treats as the inclusive one does; the empty one for the default. */
  readonly inclusivePrefixes?: ReadonlySet<string>;
  /** Elements that are left out with all below them. */
  readonly without?: ReadonlySet<XmlElement>;
}

type Namespaces = ReadonlyMap<string, string>;

const xmlNamespace = 'http://www.w3.org/XML/1998/namespace';
const textMarks: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#xD;' };
const valueMarks: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '"': '&quot;',
  '\t': '&#x9;',
  '\n': '&#xA;',
  '\r': '&#xD;',
};

function escapeText(text: string): string {
  return text.replace(/[&<>\r]/g, (mark) => textMarks[mark] ?? mark);
}

function escapeValue(value: string): string {
  return value.replace(/[&<"\t\n\r]/g, (mark) => valueMarks[mark] ?? mark);
}

/** The order of canonical XML is that of code points, which UTF-8 keeps and UTF-16 does not. */
function byText(one: string, other: string): number {
  return one === other ? 0 : Buffer.compare(Buffer.from(one), Buffer.from(other));
}

function writeAside({ kind, target, text }: XmlAside): string {
  if (kind === 'comment') return `<!--${text.replaceAll('\r', '&#xD;')}-->`;
  return text === '' ? `<?${target}?>` : `<?${target} ${text.replaceAll('\r', '&#xD;')}?>`;
}

/** Attributes such as xml:lang and xml:space hold for what is below them, and so for a subtree that is taken out. */
function inheritedAttributes(element: XmlElement, version: CanonicalMethod['version']): XmlAttribute[] {
  const inherited = new Map<string, XmlAttribute>();
  for (let above = element.parent; above; above = above.parent) {
    for (const attribute of above.attributes) {
      const isPassedOn = attribute.uri === xmlNamespace && !(version === '1.1' && attribute.local === 'id');
      if (isPassedOn && !inherited.has(attribute.local)) inherited.set(attribute.local, attribute);
    }
  }
  const own = new Set(element.attributes.filter(({ uri }) => uri === xmlNamespace).map(({ local }) => local));
  return [...inherited.values()].filter(({ local }) => !own.has(local));
}

class CanonicalWriter {
  readonly #options: CanonicalOptions;
  readonly #parts: string[] = [];

  constructor(options: CanonicalOptions) {
    this.#options = options;
  }

  /** Recursive: the tree's depth is bounded where it is read. */
  write(node: XmlNode, scope: Namespaces, rendered: Namespaces, more: readonly XmlAttribute[] = []): void {
    if (typeof node === 'string') this.#parts.push(escapeText(node));
    else if (node.kind === 'element') this.#writeElement(node, scope, rendered, more);
    else if (node.kind === 'instruction' || this.#options.method.withComments) this.#parts.push(writeAside(node));
  }

  add(text: string): void {
    this.#parts.push(text);
  }

  result(): string {
    return this.#parts.join('');
  }

  #writeElement(element: XmlElement, outer: Namespaces, rendered: Namespaces, more: readonly XmlAttribute[]): void {
    if (this.#options.without?.has(element)) return;
    const scope = element.declared.size === 0 ? outer : new Map([...outer, ...element.declared]);
    const fresh = this.#freshNamespaces(element, scope, rendered);
    const attributes = [...element.attributes, ...more].sort(
      (one, other) => byText(one.uri, other.uri) || byText(one.local, other.local),
    );
    this.#parts.push('<', element.name);
    for (const [prefix, uri] of fresh)
      this.#parts.push(prefix === '' ? ' xmlns="' : ` xmlns:${prefix}="`, escapeValue(uri), '"');
    for (const { name, value } of attributes) this.#parts.push(' ', name, '="', escapeValue(value), '"');
    this.#parts.push('>');
    const below = fresh.length === 0 ? rendered : new Map([...rendered, ...fresh]);
    for (const child of element.children) this.write(child, scope, below);
    this.#parts.push('</', element.name, '>');
  }

  /** The declarations that are written here: in force, wanted, and not in force already in what was written around. */
  #freshNamespaces(element: XmlElement, scope: Namespaces, rendered: Namespaces): [string, string][] {
    // All that holds above is written at the top; below it only a declaration can bring something new.
    const inForce = rendered.size === 0 ? scope.keys() : element.declared.keys();
    const prefixes = this.#options.method.exclusive ? this.#usedPrefixes(element, scope) : inForce;
    return [...prefixes]
      .filter((prefix) => prefix !== 'xml' && prefix !== 'xmlns')
      .map((prefix): [string, string] => [prefix, scope.get(prefix) ?? ''])
      .filter(([prefix, uri]) => (rendered.get(prefix) ?? '') !== uri)
      .sort(([one], [other]) => byText(one, other));
  }

  #usedPrefixes(element: XmlElement, scope: Namespaces): Set<string> {
    const used = new Set(element.attributes.map(({ prefix }) => prefix).filter((prefix) => prefix !== ''));
    used.add(element.prefix);
    for (const prefix of this.#options.inclusivePrefixes ?? []) if (scope.has(prefix)) used.add(prefix);
    return used;
  }
}

/**
 * Writes the canonical form of an element with all below it.
 * @param element the top of the subtree
 * @param options the method, and what is left out
 */
export function canonicalElement(element: XmlElement, options: CanonicalOptions): string {
  const writer = new CanonicalWriter(options);
  const { exclusive: isExclusive, version } = options.method;
  const inherited = isExclusive ? [] : inheritedAttributes(element, version);
  writer.write(element, namespacesAt(element), new Map(), inherited);
  return writer.result();
}

/**
 * Writes the canonical form of a whole document, with the processing instructions around its root.
 * @param document the document
 * @param options the method, and what is left out
 */
export function canonicalDocument({ before, root, behind }: XmlDocument, options: CanonicalOptions): string {
  const writer = new CanonicalWriter(options);
  const isWritten = ({ kind }: XmlAside): boolean => kind === 'instruction' || options.method.withComments;
  for (const aside of before.filter(isWritten)) writer.add(`${writeAside(aside)}\n`);
  writer.write(root, new Map(), new Map());
  for (const aside of behind.filter(isWritten)) writer.add(`\n${writeAside(aside)}`);
  return writer.result();
}
