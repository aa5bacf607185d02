// configserver: says whether a document that names profiles counts for those that are asked for (Spring's profile expressions).

interface Reading {
  readonly tokens: readonly string[];
  at: number;
}

const tokenForm = /\s*([()&|!]|[^()&|!\s]+)/gy;

function tokensOf(text: string): string[] {
  return [...text.matchAll(tokenForm)].map(([, token = '']) => token);
}

type Known = ReadonlySet<string>;

function readOne(reading: Reading, active: Known): boolean {
  const token = reading.tokens[reading.at++];
  if (token === '!') return !readOne(reading, active);
  if (token === '(') {
    const inside = readChain(reading, active);
    if (reading.tokens[reading.at++] !== ')') throw new SyntaxError('a bracket is not closed');
    return inside;
  }
  if (token === undefined || /^[)&|]$/.test(token)) throw new SyntaxError('a profile is missing');
  return active.has(token);
}

function readChain(reading: Reading, active: Known): boolean {
  let value = readOne(reading, active);
  const sign = reading.tokens[reading.at];
  while (reading.tokens[reading.at] === '&' || reading.tokens[reading.at] === '|') {
    if (reading.tokens[reading.at++] !== sign) throw new SyntaxError('"&" and "|" side by side need brackets');
    const next = readOne(reading, active);
    value = sign === '&' ? value && next : value || next;
  }
  return value;
}

/**
 * Judges an expression: names, `!`, `&`, `|` and brackets; `&` beside `|` needs brackets, as in Spring.
 * @param expression for example `prod & !(cloud | test)`
 * @param profiles those that are asked for
 * @throws SyntaxError where it cannot be read
 */
export function matchesProfiles(expression: string, profiles: readonly string[]): boolean {
  const reading: Reading = { tokens: tokensOf(expression), at: 0 };
  const value = readChain(reading, new Set(profiles));
  if (reading.at < reading.tokens.length) {
    throw new SyntaxError(`"${reading.tokens[reading.at]}" stands where "&" or "|" is expected`);
  }
  return value;
}
