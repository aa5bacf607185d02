// sender: makes a mail's bytes safe for SMTP: lines end with CRLF, a leading dot is doubled (RFC 5321 §4.5.2).

const dot = 0x2e;
const lf = 0x0a;
const cr = 0x0d;
const dotBytes = Buffer.from('.');
const crBytes = Buffer.from('\r');
const lfBytes = Buffer.from('\n');
const endAfterLine = Buffer.from('.\r\n');
const endInsideLine = Buffer.from('\r\n.\r\n');

/**
 * Prepares a mail's content for the wire, its end mark included.
 * Takes the mail in one or more pieces; gives the pieces to write in order, mostly slices of the input (nothing is
 * copied). A bare CR or LF becomes CRLF: servers disagree on what a bare one means, which is how mails are smuggled
 * inside mails (RFC 5321 §2.3.8). A mail without a final line break gets one.
 */
export function stuffDots(pieces: readonly Buffer[]): Buffer[] {
  const out: Buffer[] = [];
  let previous = lf;
  for (const piece of pieces) previous = stuffPiece(piece, previous, out);
  if (previous === cr) {
    out.push(lfBytes);
    previous = lf;
  }
  out.push(previous === lf ? endAfterLine : endInsideLine);
  return out;
}

/** Adds one piece to `out`; takes the byte before it (LF at the start) and gives its last byte. */
function stuffPiece(piece: Buffer, before: number, out: Buffer[]): number {
  if (piece.length === 0) return before;
  let from = 0;
  const insert = (at: number, bytes: Buffer): void => {
    if (at > from) out.push(piece.subarray(from, at));
    out.push(bytes);
    from = at;
  };
  let first = before;
  if (before === cr && piece[0] !== lf) {
    insert(0, lfBytes);
    first = lf;
  }
  for (let at = 0; at < piece.length; at += 1) {
    const byte = piece[at] ?? 0;
    // Most bytes are letters: this one comparison is nearly all that a mail costs here.
    if (byte > dot) continue;
    const previous = at === 0 ? first : piece[at - 1];
    if (byte === lf && previous !== cr) insert(at, crBytes);
    if (byte === dot && (previous === lf || previous === cr)) insert(at, dotBytes);
    if (byte === cr && at + 1 < piece.length && piece[at + 1] !== lf) insert(at + 1, lfBytes);
  }
  if (from < piece.length) out.push(from === 0 ? piece : piece.subarray(from));
  return piece[piece.length - 1] ?? first;
}
