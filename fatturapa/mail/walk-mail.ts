// fatturapa: a mail as a tree of its parts, walked within bounds: multiparts, and messages inside messages.
import { headerOf, readHeaders, withParameters, type MailHeaders } from './mail-headers.ts';
import type { MailLimits } from './mail-limits.ts';
import { decodeText, decodeTransfer } from './mail-text.ts';

/** Why a mail was not walked to its end. */
export type MailTrouble = 'depth' | 'parts' | 'boundary';

/** A mail, or a part of one. */
export interface MailPart {
  readonly headers: MailHeaders;
  /** Content type in small letters, for example `multipart/mixed`; `text/plain` where none is said (RFC 2045 §5.2). */
  readonly type: string;
  readonly charset: string | undefined;
  /** File name without folders, if it has one. */
  readonly name: string | undefined;
  /** The parts of a multipart; of a message inside, that message. */
  readonly parts: readonly MailPart[];
  readonly encoding: string;
  /** The whole part as it came, headers included, without the line end in front of the next delimiter. */
  readonly bytes: Buffer;
}

/** A walked mail. */
export interface WalkedMail {
  readonly root: MailPart;
  readonly troubles: ReadonlySet<MailTrouble>;
}

const boundaryLengthMax = 200;
const newline = 0x0a;

/** Compared by hand: most lines with two dashes differ at the first letter behind them. */
function standsAt(bytes: Buffer, at: number, delimiter: Buffer): boolean {
  if (at + delimiter.length > bytes.length) return false;
  for (let each = 0; each < delimiter.length; each++) if (bytes[at + each] !== delimiter[each]) return false;
  return true;
}

const dash = 0x2d;

/** Where a line begins with two dashes, behind a place; -1 where none does. A loop of ours: calls of indexOf cost more where there are millions. */
function nextDashes(bytes: Buffer, behind: number): number {
  const last = bytes.length - 2;
  for (let at = behind + 1; at < last; at++) {
    if (bytes[at] === dash && bytes[at + 1] === dash && bytes[at - 1] === newline) return at;
  }
  return -1;
}

/** Where lines begin with the delimiter. */
function* delimitersIn(bytes: Buffer, delimiter: Buffer): Generator<number, void> {
  for (let at = 0; at >= 0; at = nextDashes(bytes, at)) if (standsAt(bytes, at, delimiter)) yield at;
}

/** Where the line ends that a delimiter stands on, or -1 where something else stands behind it. */
function endOfDelimiter(bytes: Buffer, from: number): number {
  let at = from;
  while (bytes[at] === 0x20 || bytes[at] === 0x09 || bytes[at] === 0x0d) at++;
  if (at >= bytes.length) return bytes.length;
  return bytes[at] === newline ? at + 1 : -1;
}

function withoutLineEnd(bytes: Buffer): Buffer {
  const last = bytes.length - (bytes.at(-1) === newline ? 1 : 0);
  return bytes.subarray(0, last < bytes.length && bytes[last - 1] === 0x0d ? last - 1 : last);
}

/** The bodies between the delimiters (RFC 2046 §5.1.1); without a last delimiter the last one goes to the end. */
function* split(body: Buffer, boundary: string): Generator<Buffer, void> {
  const delimiter = Buffer.from(`--${boundary}`, 'utf8');
  let start = -1;
  for (const at of delimitersIn(body, delimiter)) {
    const behind = at + delimiter.length;
    const closes = body[behind] === 0x2d && body[behind + 1] === 0x2d;
    const end = endOfDelimiter(body, behind + (closes ? 2 : 0));
    if (end < 0) continue;
    if (start >= 0) yield withoutLineEnd(body.subarray(start, at));
    if (closes) return;
    start = end;
  }
  if (start >= 0) yield body.subarray(start);
}

const quotedPrintable = (bytes: Buffer) => decodeTransfer(bytes, 'quoted-printable');

function nameOf(headers: MailHeaders, ofType: ReadonlyMap<string, string>): string | undefined {
  const disposition = withParameters(headerOf(headers, 'content-disposition'), quotedPrintable);
  const name = disposition.parameters.get('filename') ?? ofType.get('name');
  const file = name
    ?.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1)
    .trim()
    .slice(0, 255);
  return file || undefined;
}

class Walker {
  readonly troubles = new Set<MailTrouble>();
  readonly #limits: MailLimits;
  #parts = 0;

  constructor(limits: MailLimits) {
    this.#limits = limits;
  }

  walk(bytes: Buffer, depth: number): MailPart {
    this.#parts++;
    const headers = readHeaders(bytes, this.#limits.headerBytesMax);
    const { word, parameters } = withParameters(headerOf(headers, 'content-type'), quotedPrintable);
    const part = {
      headers,
      type: word.includes('/') ? word : 'text/plain',
      charset: parameters.get('charset'),
      name: nameOf(headers, parameters),
      encoding: headerOf(headers, 'content-transfer-encoding') ?? '7bit',
      bytes,
    };
    return { ...part, parts: this.#partsOf(part, parameters.get('boundary'), depth) };
  }

  #partsOf(part: Omit<MailPart, 'parts'>, boundary: string | undefined, depth: number): MailPart[] {
    const isMessage = isInnerMessage(part);
    if (!isMessage && !part.type.startsWith('multipart/')) return [];
    if (depth >= this.#limits.depthMax) return this.#stop('depth');
    if (isMessage) return this.#walkAll([contentOf(part)], depth);
    if (!boundary || boundary.length > boundaryLengthMax) return this.#stop('boundary');
    const parts = this.#walkAll(split(part.headers.body, boundary), depth);
    return parts.length > 0 ? parts : this.#stop('boundary');
  }

  #walkAll(bodies: Iterable<Buffer>, depth: number): MailPart[] {
    const parts: MailPart[] = [];
    for (const body of bodies) {
      if (this.#parts >= this.#limits.partsMax) {
        this.troubles.add('parts');
        break;
      }
      parts.push(this.walk(body, depth + 1));
    }
    return parts;
  }

  #stop(trouble: MailTrouble): [] {
    this.troubles.add(trouble);
    return [];
  }
}

/** Whether a part is a whole message; some servers hand `postacert.eml` on as a plain file. */
export function isInnerMessage({ type, name }: Pick<MailPart, 'type' | 'name'>): boolean {
  return type === 'message/rfc822' || (name?.toLowerCase() === 'postacert.eml' && !type.startsWith('multipart/'));
}

/** The bytes of a part, transfer encoding off. */
export function contentOf({ headers, encoding }: Pick<MailPart, 'headers' | 'encoding'>): Buffer {
  return decodeTransfer(headers.body, encoding);
}

/** The text of a part. */
export function textOf(part: MailPart): string {
  return decodeText(contentOf(part), part.charset);
}

/**
 * Walks a mail. Nothing throws; each byte is looked at a few times per level of nesting, of which there are few.
 * @param bytes the mail as it came
 * @param limits depth, parts, headers
 */
export function walkMail(bytes: Buffer, limits: MailLimits): WalkedMail {
  const walker = new Walker(limits);
  const root = walker.walk(bytes, 0);
  return { root, troubles: walker.troubles };
}

/**
 * Visits a part and those in it, in order.
 * @param part where to begin
 * @param inside whether messages inside are entered, too
 */
export function* partsIn(part: MailPart, inside: boolean): Generator<MailPart, void> {
  yield part;
  if (!inside && isInnerMessage(part)) return;
  for (const child of part.parts) yield* partsIn(child, inside);
}
