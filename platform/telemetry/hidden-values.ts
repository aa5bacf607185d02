// platform: the last line of defence of logs: takes out of a finished line what may be in none. Call sites keep it out in the first place.

/** Shorter secrets would take half the words of a log with them. */
const secretLengthMin = 8;
const wordLengthMin = 16;
const secretsMax = 1000;
const stars = '******';

const secrets = new Set<string>();
let known: RegExp | undefined;

function passwordsIn(url: string): string[] {
  const { password } = URL.canParse(url) ? new URL(url) : { password: '' };
  if (password === '') return [];
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    // It is no percent encoding after all.
    return [password];
  }
}

/** Names of roles, profiles and hosts stand in secrets too, and are none. */
function isSecret(part: string): boolean {
  if (part.length < secretLengthMin || part.includes('@')) return false;
  if (/^[A-Za-z]+$/.test(part)) return part.length >= wordLengthMin;
  return !/^[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?$/.test(part);
}

/**
 * Remembers what a secret setting holds, so that no line of a log ever does: the whole of it, passwords of URLs in it, and the parts
 * of lists (`name:key:ROLE,…`) and of JSON. Parts shorter than 8 characters are not looked for.
 * @param text as it was set
 */
export function hideSecret(text: string): void {
  const urls = text.match(/[a-z][a-z0-9+.-]*:\/\/[^\s"',]+/gi) ?? [];
  const rest = urls.reduce((left, url) => left.replace(url, ' '), text);
  const parts = rest.split(/[\s,;:="'{}[\]]+/).filter((part) => isSecret(part));
  const whole = urls.length === 0 && isSecret(text) ? [text] : [];
  const found = [...whole, ...parts, ...urls.flatMap(passwordsIn).filter((part) => part.length >= secretLengthMin)];
  if (found.every((one) => secrets.has(one))) return;
  for (const one of found) if (secrets.size < secretsMax) secrets.add(one);
  // The longest first: a secret may begin with another.
  const forms = [...secrets].flatMap((one) => [one, JSON.stringify(one).slice(1, -1), encodeURIComponent(one)]);
  const sorted = [...new Set(forms)].toSorted((a, b) => b.length - a.length);
  known = new RegExp(sorted.map((one) => RegExp.escape(one)).join('|'), 'g');
}

const login = /([a-z][a-z0-9+.-]*:\/\/)[^\s/@"'<>\\]+@/gi;
const credential = /\b(Bearer|Basic)\s+[\w.~+/=-]{8,}|\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)*/g;
const address = /[\w.%+'-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+/g;
// Everything from the first tag to the end of the text: what stands between tags is a document's content.
const markup = /<[?!/]?(?!anonymous>)[A-Za-z][\w.:-]*(?:\s(?:[^<>"\\]|\\.)*)?[/?]?>(?:[^"\\]|\\.)*/g;
const vatNumber = /\bIT\d{11}(?!\d)/gi;
const taxCode = /\b[A-Z]{6}\d{2}[A-EHLMPR-T]\d{2}[A-Z]\d{3}[A-Z](?![A-Za-z0-9])/gi;
// Not a number of JSON, and not what identifies a story: SdI's own ids have eleven digits too.
const elevenDigits = /(?<!":|[\w.[-]|"(?:sdiId|correlationId|traceId|spanId)":")\d{11}(?!\w|[.-]\d)/g;

/**
 * Takes out of a line of JSON what no log may hold: known secrets, logins in URLs, credentials, mail addresses, XML, VAT numbers and
 * codici fiscali. It stays JSON.
 * @param line one line
 */
export function scrubLine(line: string): string {
  let clean = known ? line.replace(known, stars) : line;
  if (clean.includes('://')) clean = clean.replace(login, `$1${stars}@`);
  if (clean.includes('@')) clean = clean.replace(address, '(address)');
  if (clean.includes('<')) clean = clean.replace(markup, '(markup)');
  return clean
    .replace(credential, (found, scheme?: string) => (scheme ? `${scheme} ${stars}` : found.slice(0, 3) + stars))
    .replace(vatNumber, '(tax number)')
    .replace(taxCode, '(tax code)')
    .replace(elevenDigits, '(tax number)');
}
