// eurekaserver: XML as old clients send it, read into nodes and written; without DOCTYPE, so that no text unfolds. Pure.

/** An element. */
export interface XmlNode {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlNode[];
  /** The text between its tags, blanks at both ends taken off. */
  readonly text: string;
}

interface OpenNode extends XmlNode {
  readonly children: XmlNode[];
  text: string;
}

const depthMax = 16;
const named: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function characterOf(code: number): string {
  if (code > 0x10ffff || code === 0 || (code >= 0xd800 && code <= 0xdfff)) throw new Error('it names no character');
  return String.fromCodePoint(code);
}

function unescaped(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w*));?/gi, (whole, hex, decimal, name) => {
    if (!whole.endsWith(';')) throw new Error('an & stands alone');
    if (hex !== undefined) return characterOf(Number.parseInt(hex, 16));
    if (decimal !== undefined) return characterOf(Number(decimal));
    const known = Object.hasOwn(named, name) ? named[name] : undefined;
    if (known === undefined) throw new Error(`&${name}; is not known`);
    return known;
  });
}

function attributesOf(text: string): Record<string, string> {
  const form = /\s+([\w:.-]+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/gy;
  const found = new Map<string, string>();
  let end = 0;
  for (const match of text.matchAll(form)) {
    found.set(match[1]!, unescaped(match[2] ?? match[3] ?? ''));
    end = match.index + match[0].length;
  }
  if (text.slice(end).trim() !== '') throw new Error('an attribute is not well-formed');
  return Object.fromEntries(found);
}

// One piece at a time, from where the last one ended: what fits none of the forms is no XML that we read.
const pieces =
  /<!--(?:(?!--)[^])*-->|<\?(?:(?!\?>)[^])*\?>|<!\[CDATA\[(?<cdata>(?:(?!\]\]>)[^])*)\]\]>|<\/(?<close>[\w:.-]+)\s*>|<(?<open>[\w:.-]+)(?<rest>(?:[^<>"']|"[^"]*"|'[^']*')*)>|(?<text>[^<]+)/gy;

class Builder {
  readonly #open: OpenNode[] = [];
  #root: XmlNode | undefined;

  start(name: string, rest: string): void {
    const isEmpty = rest.endsWith('/');
    if (this.#root && this.#open.length === 0) throw new Error('it has two roots');
    if (this.#open.length >= depthMax) throw new Error('it is nested too deeply');
    const attributes = attributesOf(isEmpty ? rest.slice(0, -1) : rest);
    const node: OpenNode = { name, attributes, children: [], text: '' };
    this.#open.at(-1)?.children.push(node);
    this.#root ??= node;
    if (!isEmpty) this.#open.push(node);
  }

  end(name: string): void {
    const node = this.#open.pop();
    if (node?.name !== name) throw new Error(`</${name}> closes nothing`);
    node.text = node.text.trim();
  }

  write(text: string): void {
    const node = this.#open.at(-1);
    if (node) node.text += text;
    else if (text.replace('\uFEFF', '').trim() !== '') throw new Error('text stands outside of the root');
  }

  root(): XmlNode {
    if (!this.#root || this.#open.length > 0) throw new Error('it is not complete');
    return this.#root;
  }
}

/**
 * Reads a document. Time is linear in its length.
 * @param text the XML
 * @returns its root
 * @throws Error in plain words for what is not well-formed, for a DOCTYPE, and past 16 levels
 */
export function readXml(text: string): XmlNode {
  const builder = new Builder();
  let end = 0;
  for (const match of text.matchAll(pieces)) {
    const { open, rest = '', close, cdata, text: plain } = match.groups ?? {};
    if (open !== undefined) builder.start(open, rest);
    else if (close !== undefined) builder.end(close);
    else if (cdata !== undefined) builder.write(cdata);
    else if (plain !== undefined) builder.write(unescaped(plain));
    end = match.index + match[0].length;
  }
  if (end < text.length) throw new Error(`it cannot be read from character ${end + 1}`);
  return builder.root();
}

const nameOf = Object.fromEntries(Object.entries(named).map(([name, sign]) => [sign, name]));

/**
 * Escapes a text for XML and HTML; control characters that XML cannot hold become a blank.
 * @param text any
 */
export function escapeXml(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, ' ')
    .toWellFormed()
    .replace(/[&<>"']/g, (sign) => `&${nameOf[sign]};`);
}
