// fatturapa: the line ends that a signed mail counts with: CR LF and nothing else (RFC 8551 §3.1.1).

const carriageReturn = 0x0d;
const newline = 0x0a;

/** How many bytes more the canonical form has: one for each CR and each LF that stands alone. */
function missingIn(bytes: Buffer): number {
  let missing = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === newline) missing++;
    else if (byte === carriageReturn) {
      if (bytes[at + 1] === newline) at++;
      else missing++;
    }
  }
  return missing;
}

/**
 * Ends every line with CR LF, whether it ended with CR LF, LF or CR. Linear, and one copy at most: a mail may be nothing but line ends.
 * @param bytes text in any encoding that keeps ASCII
 * @returns a copy, or the bytes themselves where nothing is to be changed
 */
export function canonicalLines(bytes: Buffer): Buffer {
  const missing = missingIn(bytes);
  if (missing === 0) return bytes;
  const canonical = Buffer.allocUnsafe(bytes.length + missing);
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte !== newline && byte !== carriageReturn) {
      canonical[length++] = byte;
      continue;
    }
    if (byte === carriageReturn && bytes[at + 1] === newline) at++;
    canonical[length++] = carriageReturn;
    canonical[length++] = newline;
  }
  return canonical;
}
