// configserver: reads the .properties format (java.util.Properties, in UTF-8) with Spring's parting of documents.

const escapes: Record<string, string> = { n: '\n', t: '\t', r: '\r', f: '\f' };

function unescape(text: string): string {
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|(.?))/gs, (_, code?: string, sign = '') =>
    code === undefined ? (escapes[sign] ?? sign) : String.fromCharCode(Number.parseInt(code, 16)),
  );
}

interface LogicalLine {
  readonly text: string;
  /** Of its first line in the file, from 1. */
  readonly line: number;
  /** What stands before the text in that line. */
  readonly indent: number;
  /** How much of the text stands in that line. */
  readonly inFirst: number;
}

/** A line that ends in an odd number of backslashes goes on in the next. */
function logicalLines(text: string, firstLine: number): LogicalLine[] {
  const lines: LogicalLine[] = [];
  let open: LogicalLine | undefined;
  for (const [index, raw] of text.split(/\r\n|\r|\n/).entries()) {
    const line = raw.replace(/^[ \t\f]+/, '');
    if (!open && /^(?:[#!]|$)/.test(line)) continue;
    const goesOn = /\\*$/.exec(line)![0].length % 2 === 1;
    const part = goesOn ? line.slice(0, -1) : line;
    open = open
      ? { ...open, text: open.text + part }
      : { text: part, line: firstLine + index, indent: raw.length - line.length, inFirst: part.length };
    if (goesOn) continue;
    lines.push(open);
    open = undefined;
  }
  return open ? [...lines, open] : lines;
}

/** A document of a .properties file: its values, and where each stands (`line:column`, from 1), where one line tells. */
export interface PropertiesDocument {
  readonly values: ReadonlyMap<string, string>;
  readonly origins: ReadonlyMap<string, string>;
}

function readOne(text: string, firstLine: number): PropertiesDocument {
  const values = new Map<string, string>();
  const origins = new Map<string, string>();
  for (const { text: line, ...place } of logicalLines(text, firstLine)) {
    const [, key = '', gap = '', value = ''] = /^((?:\\.|[^\\=: \t\f])*)([ \t\f]*[=:]?[ \t\f]*)(.*)$/s.exec(line) ?? [];
    const at = key.length + gap.length;
    values.set(unescape(key), unescape(value));
    if (at < place.inFirst) origins.set(unescape(key), `${place.line}:${place.indent + at + 1}`);
    else origins.delete(unescape(key));
  }
  return { values, origins };
}

/**
 * Reads a file; lines `#---` or `!---` part it into documents.
 * @param text the file's text
 * @returns the documents in the order of the file
 */
export function readProperties(text: string): PropertiesDocument[] {
  let firstLine = 1;
  return text.split(/^[#!]---[ \t]*$/m).map((part) => {
    const document = readOne(part, firstLine);
    firstLine += part.split(/\r\n|\r|\n/).length - 1;
    return document;
  });
}

function escaped(text: string, signs: RegExp): string {
  return text
    .replace(signs, (sign) => `\\${sign}`)
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t');
}

/**
 * Writes flat keys as .properties lines (`key: value`, as Spring does), so that reading them gives the same again.
 * @param values keys and values
 */
export function writeProperties(values: Iterable<readonly [string, unknown]>): string {
  let text = '';
  for (const [key, value] of values) text += `${escaped(key, /[\\=: #!]/g)}: ${escaped(String(value), /\\|^ /g)}\n`;
  return text;
}
