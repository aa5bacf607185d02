// fatturapa: exclusive canonical XML (RFC 3741) of a whole document or of an element on its own, in one pass.
// Of a document the comments are left out and the processing instructions stay, as a reference to the whole of it means (XMLDSig §4.4.3.3).
import { SaxesParser, type SaxesAttributeNS, type SaxesTagNS } from 'saxes';

/** A text that is no XML, or XML that a signature cannot cover. */
export class XmlNotSignable extends Error {
  override readonly name = 'XmlNotSignable';
}

const depthMax = 256;

const inText: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#xD;' };
const inAttribute: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '"': '&quot;',
  '\t': '&#x9;',
  '\n': '&#xA;',
  '\r': '&#xD;',
};

function escapeText(text: string): string {
  if (!/[&<>\r]/.test(text)) return text;
  return text.replaceAll(/[&<>\r]/g, (character) => inText[character] ?? character);
}

function escapeAttribute(text: string): string {
  return text.replaceAll(/[&<"\t\n\r]/g, (character) => inAttribute[character] ?? character);
}

/** The order of canonical XML is that of code points, which UTF-8 keeps and UTF-16 does not. */
function byCodePoints(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}

function byName(one: SaxesAttributeNS, other: SaxesAttributeNS): number {
  return (one.uri !== other.uri && byCodePoints(one.uri, other.uri)) || byCodePoints(one.local, other.local);
}

/** Prefixes that an output element above declares, with what they stand for; the default namespace is the empty prefix. */
type Declared = ReadonlyMap<string, string>;

class Canonicalizer {
  readonly #parser = new SaxesParser({ xmlns: true });
  readonly #pieces: string[] = [];
  readonly #declared: Declared[] = [new Map([['', '']])];
  #place: 'before' | 'inside' | 'after' = 'before';
  #rootEnd = -1;

  constructor() {
    const parser = this.#parser;
    parser.on('doctype', () => this.#refuse('it carries a DOCTYPE'));
    parser.on('error', (error) => this.#refuse(error.message));
    parser.on('opentag', (tag) => this.#open(tag));
    parser.on('closetag', (tag) => this.#close(tag));
    parser.on('text', (text) => this.#text(text));
    parser.on('cdata', (text) => this.#text(text));
    parser.on('processinginstruction', ({ target, body }) => this.#instruction(target, body));
  }

  read(text: string): { canonical: string; rootEnd: number } {
    this.#parser.write(text).close();
    return { canonical: this.#pieces.join(''), rootEnd: this.#rootEnd };
  }

  #refuse(why: string): never {
    throw new XmlNotSignable(`The document cannot be signed as XML: ${why}.`);
  }

  #open(tag: SaxesTagNS): void {
    const above = this.#declared.at(-1) ?? new Map();
    if (this.#declared.length > depthMax) this.#refuse('its elements are nested too deeply');
    this.#place = 'inside';
    const attributes = Object.values(tag.attributes);
    // Nearly every element of an invoice is of this kind.
    if (attributes.length === 0 && above.get(tag.prefix) === tag.uri) {
      this.#declared.push(above);
      this.#pieces.push('<', tag.name, '>');
    } else {
      this.#openWithNames(
        tag,
        attributes.filter(({ prefix, name }) => prefix !== 'xmlns' && name !== 'xmlns'),
        above,
      );
    }
  }

  /** Declares the prefixes that the element and its attributes use and no element above has declared alike (RFC 3741 §3). */
  #openWithNames(tag: SaxesTagNS, attributes: SaxesAttributeNS[], above: Declared): void {
    const used = new Map([[tag.prefix, tag.uri]]);
    for (const { prefix, uri } of attributes) if (prefix !== '') used.set(prefix, uri);
    const fresh = [...used].filter(([prefix, uri]) => prefix !== 'xml' && above.get(prefix) !== uri);
    this.#declared.push(fresh.length === 0 ? above : new Map([...above, ...fresh]));
    this.#pieces.push('<', tag.name);
    for (const [prefix, uri] of fresh.sort(([one], [other]) => byCodePoints(one, other))) {
      this.#pieces.push(prefix === '' ? ' xmlns="' : ` xmlns:${prefix}="`, escapeAttribute(uri), '"');
    }
    for (const { name, value } of attributes.length > 1 ? attributes.sort(byName) : attributes) {
      this.#pieces.push(' ', name, '="', escapeAttribute(value), '"');
    }
    this.#pieces.push('>');
  }

  #close(tag: SaxesTagNS): void {
    this.#pieces.push('</', tag.name, '>');
    this.#declared.pop();
    if (this.#declared.length > 1) return;
    this.#place = 'after';
    this.#rootEnd = tag.isSelfClosing ? -1 : this.#parser.position;
  }

  #text(text: string): void {
    if (this.#place === 'inside') this.#pieces.push(escapeText(text));
  }

  #instruction(target: string, body: string): void {
    const [before, after] = [this.#place === 'after' ? '\n' : '', this.#place === 'before' ? '\n' : ''];
    const words = body === '' ? '' : ` ${body.replaceAll('\r', '&#xD;')}`;
    this.#pieces.push(`${before}<?${target}${words}?>${after}`);
  }
}

/**
 * Writes a document, or an element that stands on its own, in exclusive canonical form without comments.
 * @param text well-formed XML without a DOCTYPE
 * @returns its canonical form, and where the root's end tag ends in the text (-1 where the root has none)
 * @throws XmlNotSignable for what is no XML, carries a DOCTYPE or is nested deeper than 256 elements
 */
export function canonicalXml(text: string): { canonical: string; rootEnd: number } {
  return new Canonicalizer().read(text);
}
