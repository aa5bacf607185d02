// fatturapa: which characters may stand in names of elements and attributes (XML 1.0 fifth edition §2.3, Namespaces in XML §3).

const start = String.raw`A-Z_a-z\u{C0}-\u{D6}\u{D8}-\u{F6}\u{F8}-\u{2FF}\u{370}-\u{37D}\u{37F}-\u{1FFF}\u{200C}-\u{200D}\u{2070}-\u{218F}\u{2C00}-\u{2FEF}\u{3001}-\u{D7FF}\u{F900}-\u{FDCF}\u{FDF0}-\u{FFFD}\u{10000}-\u{EFFFF}`;
const more = String.raw`\-.0-9\u{B7}\u{300}-\u{36F}\u{203F}-\u{2040}`;
const ncName = `[${start}][${start}${more}]*`;
const qualifiedName = new RegExp(`^(?:${ncName}:)?${ncName}$`, 'u');
const plainName = new RegExp(`^${ncName}$`, 'u');

/** Marks the units that may stand in a name without asking further: all of a name but its odd letters. */
const plainUnits = new Uint8Array(128);
for (const letter of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.:') {
  plainUnits[letter.charCodeAt(0)] = 1;
}

/**
 * Finds the end of the name that starts at an offset; whether it is a right name is asked apart.
 * @param text the whole text
 * @param from where the name starts
 * @returns the offset behind its last unit: the first blank, `<`, `>`, `/`, `=` or other ASCII sign that no name holds
 */
export function endOfName(text: string, from: number): number {
  let at = from;
  while (at < text.length) {
    const unit = text.charCodeAt(at);
    if (unit < 128 && plainUnits[unit] === 0) break;
    at++;
  }
  return at;
}

const plainStart = /^[A-Za-z_][\w.-]*$/;

/**
 * Says whether a text is a name with at most one prefix.
 * @param name as written
 */
export function isQualifiedName(name: string): boolean {
  return plainStart.test(name) || qualifiedName.test(name);
}

/**
 * Says whether a text is a name without colon, as targets of processing instructions are.
 * @param name as written
 */
export function isPlainName(name: string): boolean {
  return plainName.test(name);
}
