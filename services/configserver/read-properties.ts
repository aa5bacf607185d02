// configserver: reads the .properties format (java.util.Properties, in UTF-8) with Spring's parting of documents.

const escapes: Record<string, string> = { n: '\n', t: '\t', r: '\r', f: '\f' };

function unescape(text: string): string {
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|(.?))/gs, (_, code?: string, sign = '') =>
    code === undefined ? (escapes[sign] ?? sign) : String.fromCharCode(Number.parseInt(code, 16)),
  );
}

/** A line that ends in an odd number of backslashes goes on in the next. */
function logicalLines(text: string): string[] {
  const lines: string[] = [];
  let open = '';
  for (const raw of text.split(/\r\n|\r|\n/)) {
    const line = raw.replace(/^[ \t\f]+/, '');
    if (open === '' && /^(?:[#!]|$)/.test(line)) continue;
    const tail = /\\*$/.exec(line)![0].length;
    if (tail % 2 === 1) {
      open += line.slice(0, -1);
      continue;
    }
    lines.push(open + line);
    open = '';
  }
  return open === '' ? lines : [...lines, open];
}

function readOne(text: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const line of logicalLines(text)) {
    const [, key = '', value = ''] = /^((?:\\.|[^\\=: \t\f])*)[ \t\f]*[=:]?[ \t\f]*(.*)$/s.exec(line) ?? [];
    values.set(unescape(key), unescape(value));
  }
  return values;
}

/**
 * Reads a file; lines `#---` or `!---` part it into documents.
 * @param text the file's text
 * @returns the documents in the order of the file, each as flat keys
 */
export function readProperties(text: string): Map<string, string>[] {
  return text.split(/^[#!]---[ \t]*$/m).map((part) => readOne(part));
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
