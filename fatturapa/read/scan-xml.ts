// fatturapa: scans an XML file in one linear pass and tells a listener; strict, without DOCTYPE, and nothing is ever fetched (ADR-0009).
import { scanDeclaration } from './scan-declaration.ts';
import {
  XmlError,
  xmlLimits,
  type XmlAttribute,
  type XmlElement,
  type XmlLimits,
  type XmlListener,
} from './xml-events.ts';
import { endOfName, isPlainName, isQualifiedName } from './xml-names.ts';
import { resolveReferences, withPlainLineEnds } from './xml-text.ts';

const xmlNamespace = 'http://www.w3.org/XML/1998/namespace';
const xmlnsNamespace = 'http://www.w3.org/2000/xmlns/';

const forbidden = /[\0-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;
const nonBlank = /[^ \t\r\n]/;
const blankUnits = /[ \t\r\n]*/y;

const greaterThan = 0x3e;
const slash = 0x2f;

/** Prefix → URI as they hold inside an element; the empty prefix is the default namespace. */
type Scope = Readonly<Record<string, string>>;
const outermost: Scope = Object.assign(Object.create(null) as Record<string, string>, { '': '', xml: xmlNamespace });
const none: readonly WrittenAttribute[] = [];
const noAttributes: readonly XmlAttribute[] = [];

/** An attribute whose prefix is not looked up yet. */
interface WrittenAttribute {
  readonly name: string;
  readonly value: string;
}

interface OpenElement {
  readonly name: string;
  readonly scope: Scope;
}

class XmlScanner {
  readonly #text: string;
  readonly #listener: XmlListener;
  readonly #limits: XmlLimits;
  readonly #open: OpenElement[] = [];
  #at = 0;
  #rootSeen = false;

  constructor(text: string, listener: XmlListener, limits: XmlLimits) {
    this.#text = text;
    this.#listener = listener;
    this.#limits = limits;
  }

  scan(): void {
    const text = this.#text;
    this.#checkCharacters();
    this.#at = scanDeclaration(text, text.charCodeAt(0) === 0xfeff ? 1 : 0);
    while (this.#at < text.length) {
      const next = text.indexOf('<', this.#at);
      const end = next < 0 ? text.length : next;
      if (end > this.#at) this.#takeText(this.#at, end);
      if (next < 0) break;
      this.#at = next;
      this.#takeMarkup();
    }
    this.#finish();
  }

  #checkCharacters(): void {
    const odd = forbidden.exec(this.#text);
    if (odd) {
      const code = odd[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
      this.#fail(
        `Il carattere di controllo U+${code} non è ammesso.`,
        `The control character U+${code} is not allowed.`,
        odd.index,
      );
    }
    if (!this.#text.isWellFormed()) {
      this.#fail('Il testo contiene mezzi caratteri.', 'The text holds half characters (lone surrogates).', 0);
    }
  }

  #fail(it: string, en: string, offset = this.#at): never {
    throw new XmlError({ it, en }, offset);
  }

  #cutOff(name: string): never {
    return this.#fail(
      `Il file finisce prima che <${name}> sia chiuso: sembra troncato.`,
      `The file ends before <${name}> is closed: it seems cut off.`,
      this.#text.length,
    );
  }

  #finish(): void {
    const last = this.#open.at(-1);
    if (last) this.#cutOff(last.name);
    if (!this.#rootSeen)
      this.#fail('Il file non contiene elementi XML.', 'The file holds no XML element.', this.#text.length);
  }

  #takeText(from: number, end: number): void {
    const written = this.#text.slice(from, end);
    if (this.#open.length === 0) {
      const at = written.search(nonBlank);
      if (at >= 0) this.#strayText(from + at);
      return;
    }
    const stray = written.indexOf(']]>');
    if (stray >= 0)
      this.#fail(
        'La sequenza "]]>" non può stare nel testo.',
        'The sequence "]]>" may not stand in text.',
        from + stray,
      );
    this.#listener.text(resolveReferences(withPlainLineEnds(written), from));
  }

  #strayText(offset: number): never {
    return this.#rootSeen
      ? this.#fail("C'è del testo dopo la fine della fattura.", 'There is text behind the end of the invoice.', offset)
      : this.#fail(
          "C'è del testo prima dell'inizio del documento XML.",
          'There is text before the XML document starts.',
          offset,
        );
  }

  #takeMarkup(): void {
    const second = this.#text.charCodeAt(this.#at + 1);
    if (second === slash) this.#takeEnd();
    else if (second === 0x21) this.#takeDeclaration();
    else if (second === 0x3f) this.#takeInstruction();
    else this.#takeStart();
  }

  /** Steps behind a mark, which must come. */
  #behind(mark: string, from: number, it: string, en: string): number {
    const found = this.#text.indexOf(mark, from);
    if (found < 0) this.#fail(it, en);
    return found + mark.length;
  }

  #takeDeclaration(): void {
    const text = this.#text;
    if (text.startsWith('<!--', this.#at)) return this.#takeComment();
    if (text.startsWith('<![CDATA[', this.#at) && this.#open.length > 0) {
      const end = this.#behind(
        ']]>',
        this.#at + 9,
        'Una sezione CDATA non è chiusa.',
        'A CDATA section is not closed.',
      );
      this.#listener.text(withPlainLineEnds(text.slice(this.#at + 9, end - 3)));
      this.#at = end;
      return undefined;
    }
    if (text.slice(this.#at, this.#at + 9).toLowerCase() === '<!doctype') {
      throw new XmlError(
        {
          it: 'Il file contiene un DOCTYPE, che una fattura non ha: le entità non vengono mai risolte.',
          en: 'The file carries a DOCTYPE, which no invoice has: entities are never resolved.',
        },
        this.#at,
        'doctype',
      );
    }
    return this.#fail('Dopo "<!" c\'è qualcosa che non è XML.', 'What follows "<!" is no XML.');
  }

  #takeComment(): void {
    const end = this.#behind('--', this.#at + 4, 'Un commento non è chiuso.', 'A comment is not closed.');
    if (this.#text.charCodeAt(end) !== greaterThan) {
      this.#fail('In un commento non possono stare due trattini.', 'Two hyphens may not stand in a comment.', end - 2);
    }
    this.#at = end + 1;
  }

  #takeInstruction(): void {
    const text = this.#text;
    const nameEnd = endOfName(text, this.#at + 2);
    const target = text.slice(this.#at + 2, nameEnd);
    const end = this.#behind('?>', nameEnd, 'Un\'istruzione "<?" non è chiusa.', 'A "<?" instruction is not closed.');
    if (target.toLowerCase() === 'xml') {
      this.#fail(
        'La dichiarazione <?xml …?> può stare solo al primo carattere del file.',
        'The declaration <?xml …?> may only stand at the very first character of the file.',
      );
    }
    const separated = end - 2 === nameEnd || !nonBlank.test(text.charAt(nameEnd));
    if (!isPlainName(target) || !separated) {
      this.#fail('Un\'istruzione "<?" non ha un nome valido.', 'A "<?" instruction has no right name.');
    }
    this.#at = end;
  }

  #takeEnd(): void {
    const text = this.#text;
    const last = this.#open.pop();
    const from = this.#at + 2;
    let end = from + (last?.name.length ?? 0);
    if (!last || !text.startsWith(last.name, from)) this.#wrongEnd(last?.name);
    if (text.charCodeAt(end) !== greaterThan) {
      end = this.#skipBlanks(end);
      if (text.charCodeAt(end) !== greaterThan) this.#wrongEnd(last.name);
    }
    this.#at = end + 1;
    this.#listener.close();
  }

  #wrongEnd(expected: string | undefined): never {
    const found = this.#text.slice(this.#at + 2, endOfName(this.#text, this.#at + 2));
    if (expected === undefined) {
      this.#fail(`</${found}> chiude un elemento mai aperto.`, `</${found}> closes an element that was never opened.`);
    }
    return this.#fail(
      `</${found}> non chiude l'elemento aperto, che è <${expected}>.`,
      `</${found}> does not close the open element, which is <${expected}>.`,
    );
  }

  #skipBlanks(from: number): number {
    blankUnits.lastIndex = from;
    blankUnits.exec(this.#text);
    return blankUnits.lastIndex;
  }

  #takeStart(): void {
    const text = this.#text;
    const start = this.#at;
    if (this.#rootSeen && this.#open.length === 0) {
      this.#fail('Il file contiene più di un elemento radice.', 'The file has more than one root element.');
    }
    const nameEnd = endOfName(text, start + 1);
    const name = text.slice(start + 1, nameEnd);
    if (!isQualifiedName(name)) {
      this.#fail(
        'Il segno "<" non apre un elemento: nel testo va scritto &lt;.',
        'The sign "<" opens no element: write &lt; in text.',
      );
    }
    if (this.#open.length >= this.#limits.depthMax) {
      throw new XmlError(
        { it: 'Elementi annidati troppo a fondo.', en: 'The elements are nested too deeply.' },
        start,
        'limit',
      );
    }
    let attributes = none;
    this.#at = nameEnd;
    const unit = text.charCodeAt(nameEnd);
    if (unit !== greaterThan && unit !== slash) attributes = this.#takeAttributes(name);
    this.#openElement(name, attributes, start);
  }

  #openElement(name: string, attributes: readonly WrittenAttribute[], start: number): void {
    const text = this.#text;
    const outer = this.#open.at(-1)?.scope ?? outermost;
    const scope = attributes.length === 0 ? outer : this.#scopeOf(attributes, outer, start);
    const element = this.#resolve(name, attributes, scope, start);
    this.#rootSeen = true;
    if (text.charCodeAt(this.#at) === slash) {
      if (text.charCodeAt(this.#at + 1) !== greaterThan) this.#notClosed(name);
      this.#at += 2;
      this.#listener.open(element, start);
      this.#listener.close();
      return;
    }
    if (text.charCodeAt(this.#at) !== greaterThan) this.#notClosed(name);
    this.#at++;
    this.#open.push({ name, scope });
    this.#listener.open(element, start);
  }

  #notClosed(name: string): never {
    if (this.#at >= this.#text.length) this.#cutOff(name);
    return this.#fail(`Il tag <${name}> non è chiuso da ">".`, `The tag <${name}> is not closed by ">".`);
  }

  #takeAttributes(element: string): WrittenAttribute[] {
    const text = this.#text;
    const found: WrittenAttribute[] = [];
    for (;;) {
      const at = this.#skipBlanks(this.#at);
      const unit = text.charCodeAt(at);
      if (unit === greaterThan || unit === slash || at >= text.length) {
        this.#at = at;
        return found;
      }
      if (at === this.#at) this.#notClosed(element);
      this.#at = at;
      found.push(this.#takeAttribute(element));
      if (found.length > this.#limits.attributesMax) {
        throw new XmlError(
          { it: `<${element}> ha troppi attributi.`, en: `<${element}> has too many attributes.` },
          at,
          'limit',
        );
      }
      if (found.some(({ name }, index) => index < found.length - 1 && name === found.at(-1)?.name)) {
        this.#fail(
          `L'attributo ${found.at(-1)?.name} c'è due volte.`,
          `The attribute ${found.at(-1)?.name} stands twice.`,
          at,
        );
      }
    }
  }

  #takeAttribute(element: string): WrittenAttribute {
    const text = this.#text;
    const nameEnd = endOfName(text, this.#at);
    const name = text.slice(this.#at, nameEnd);
    if (!isQualifiedName(name)) this.#notClosed(element);
    const equals = this.#skipBlanks(nameEnd);
    const quoteAt = this.#skipBlanks(equals + 1);
    const quote = text.charAt(quoteAt);
    if (text.charAt(equals) !== '=' || (quote !== '"' && quote !== "'")) {
      this.#fail(`L'attributo ${name} non ha un valore tra virgolette.`, `The attribute ${name} has no quoted value.`);
    }
    const end = text.indexOf(quote, quoteAt + 1);
    const written = text.slice(quoteAt + 1, end < 0 ? text.length : end);
    const less = written.indexOf('<');
    if (end < 0 || less >= 0) {
      this.#fail(`Il valore dell'attributo ${name} non è chiuso.`, `The value of the attribute ${name} is not closed.`);
    }
    this.#at = end + 1;
    const blanksMade = withPlainLineEnds(written).replaceAll(/[\t\n]/g, ' ');
    return { name, value: resolveReferences(blanksMade, quoteAt + 1) };
  }

  #scopeOf(attributes: readonly WrittenAttribute[], outer: Scope, start: number): Scope {
    let scope: Record<string, string> | undefined;
    for (const { name, value } of attributes) {
      if (name !== 'xmlns' && !name.startsWith('xmlns:')) continue;
      const prefix = name.slice(6);
      this.#checkBinding(prefix, value, start);
      scope ??= Object.create(outer) as Record<string, string>;
      scope[prefix] = value;
    }
    return scope ?? outer;
  }

  #checkBinding(prefix: string, uri: string, start: number): void {
    const xml = prefix === 'xml' ? uri === xmlNamespace : uri !== xmlNamespace;
    if (prefix !== 'xmlns' && uri !== xmlnsNamespace && xml && (uri !== '' || prefix === '')) return;
    this.#fail(
      `Il prefisso ${prefix} non può indicare "${uri}".`,
      `The prefix ${prefix} cannot stand for "${uri}".`,
      start,
    );
  }

  #uriOf(prefix: string, scope: Scope, start: number): string {
    const uri = scope[prefix];
    if (uri === undefined) {
      this.#fail(`Il prefisso "${prefix}:" non è dichiarato.`, `The prefix "${prefix}:" is not declared.`, start);
    }
    return uri;
  }

  #resolve(name: string, written: readonly WrittenAttribute[], scope: Scope, start: number): XmlElement {
    const attributes = written.length === 0 ? noAttributes : this.#resolveAttributes(written, scope, start);
    const colon = name.indexOf(':');
    if (colon < 0) return { name, prefix: '', local: name, uri: scope[''] ?? '', attributes };
    const prefix = name.slice(0, colon);
    return { name, prefix, local: name.slice(colon + 1), uri: this.#uriOf(prefix, scope, start), attributes };
  }

  #resolveAttributes(written: readonly WrittenAttribute[], scope: Scope, start: number): XmlAttribute[] {
    const expanded = new Set<string>();
    return written.map(({ name, value }) => {
      const colon = name.indexOf(':');
      if (colon < 0 || name.startsWith('xmlns:')) return { name, uri: '', value };
      const uri = this.#uriOf(name.slice(0, colon), scope, start);
      const full = `${name.slice(colon + 1)} ${uri}`;
      if (expanded.has(full)) {
        this.#fail(`L'attributo ${name} c'è due volte.`, `The attribute ${name} stands twice.`, start);
      }
      expanded.add(full);
      return { name, uri, value };
    });
  }
}

/**
 * Scans a whole file. Time and memory are linear in its length, whatever it holds.
 * @param text the file, with or without byte order mark
 * @param listener hears the events in order
 * @param limits depth and attributes
 * @throws XmlError with the offset, for what is not well-formed (XML 1.0 fifth edition, Namespaces in XML 1.0), for a DOCTYPE, and
 *   past the limits
 */
export function scanXml(text: string, listener: XmlListener, limits: XmlLimits = xmlLimits): void {
  new XmlScanner(text, listener, limits).scan();
}
