// sandbox: what a received mail says, read by a cheap look at its bytes where its shape is plain, else by mailparser.
import { hash } from 'node:crypto';
import { simpleParser } from 'mailparser';
import type { ParsedMail } from 'mailparser';

/** One attached file, with its exact bytes. */
export interface MailFile {
  readonly name: string;
  readonly contentType: string;
  readonly content: Buffer;
}

/** What a mail says. */
export interface MailContents {
  readonly messageId: string;
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  /** The Date header as written. */
  readonly date: string;
  readonly correlationId: string;
  readonly files: readonly MailFile[];
}

/** What is kept of a mail in memory: its contents without the bytes. */
export interface MailSummary extends Omit<MailContents, 'files'> {
  readonly id: string;
  /** When it was taken, ISO 8601 in UTC. */
  readonly receivedAt: string;
  readonly bytes: number;
  readonly attachments: readonly {
    readonly name: string;
    readonly contentType: string;
    readonly bytes: number;
    /** SHA-256 in hex. */
    readonly sha256: string;
  }[];
}

type Headers = ReadonlyMap<string, string>;

/**
 * Reads a mail.
 * @param raw the whole message as received
 * @returns its contents; what is no mail at all comes back with empty fields rather than as an error
 */
export async function readMail(raw: Buffer): Promise<MailContents> {
  return scanMail(raw) ?? parsedContents(await simpleParser(raw, { skipHtmlToText: true, skipTextToHtml: true }));
}

/**
 * Sums a mail up.
 * @param id the sandbox's name for it
 * @param receivedAt when it was taken
 * @param raw the whole message
 */
export async function summarise(id: string, receivedAt: Date, raw: Buffer): Promise<MailSummary> {
  const { files, ...said } = await readMail(raw);
  const attachments = files.map(({ name, contentType, content }) => {
    return { name, contentType, bytes: content.length, sha256: hash('sha256', content, 'hex') };
  });
  return { id, receivedAt: receivedAt.toISOString(), ...said, bytes: raw.length, attachments };
}

/**
 * Reads a mail of plain shape: one level of multipart/mixed or a single part, files in base64 or unencoded.
 * Some hundred times cheaper than a full parser.
 * @param raw the whole message
 * @returns its contents, or undefined where the mail needs a full parser
 */
export function scanMail(raw: Buffer): MailContents | undefined {
  const top = splitPart(raw);
  if (top === undefined) return undefined;
  const type = top.headers.get('content-type') ?? 'text/plain';
  const said = saidByHeaders(top.headers);
  if (said === undefined) return undefined;
  if (!/^multipart\//i.test(type)) return isPlainText(top.headers) ? { ...said, files: [] } : undefined;
  const boundary = parameterOf(type, 'boundary');
  if (!/^multipart\/mixed\b/i.test(type) || boundary === undefined) return undefined;
  const files: MailFile[] = [];
  for (const bytes of partsBetween(top.body, boundary) ?? [undefined]) {
    const file = bytes === undefined ? undefined : fileOf(bytes);
    if (file === undefined) return undefined;
    if (file !== 'text') files.push(file);
  }
  return { ...said, files };
}

function saidByHeaders(headers: Headers): Omit<MailContents, 'files'> | undefined {
  const get = (name: string): string | undefined => decodeWords(headers.get(name) ?? '');
  const [from, to, subject, correlationId] = [get('from'), get('to'), get('subject'), get('x-correlation-id')];
  if (from === undefined || to === undefined || subject === undefined || correlationId === undefined) return undefined;
  const messageId = headers.get('message-id') ?? '';
  return { messageId, from, to, subject, date: headers.get('date') ?? '', correlationId };
}

function isPlainText(headers: Headers): boolean {
  const isText = /^text\//i.test(headers.get('content-type') ?? 'text/plain');
  return isText && !/attachment|name/i.test(headers.get('content-disposition') ?? '');
}

function splitPart(bytes: Buffer): { readonly headers: Headers; readonly body: Buffer } | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end === -1 || end > 64 * 1024) return undefined;
  const headers = new Map<string, string>();
  const lines = bytes
    .toString('utf8', 0, end)
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n');
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    if (colon > 0 && !headers.has(name)) headers.set(name, line.slice(colon + 1).trim());
  }
  return { headers, body: bytes.subarray(end + 4) };
}

/** The bytes of each part; undefined where the closing boundary is missing. */
function partsBetween(body: Buffer, boundary: string): Buffer[] | undefined {
  const mark = Buffer.from(`--${boundary}`, 'latin1');
  const parts: Buffer[] = [];
  let at = body.indexOf(mark);
  while (at !== -1) {
    const after = at + mark.length;
    if (body.toString('latin1', after, after + 2) === '--') return parts;
    const next = body.indexOf(mark, after);
    if (next === -1) return undefined;
    parts.push(body.subarray(after + 2, next - 2));
    at = next;
  }
  return undefined;
}

/** The part's file, `text` where it is the readable part, undefined where only a full parser knows. */
function fileOf(bytes: Buffer): MailFile | 'text' | undefined {
  const part = splitPart(bytes);
  if (part === undefined) return undefined;
  const type = part.headers.get('content-type') ?? 'text/plain';
  const disposition = part.headers.get('content-disposition') ?? '';
  if (/^(?:multipart|message)\//i.test(type)) return undefined;
  if (disposition === '' && /^text\/plain\b/i.test(type) && !/name/i.test(type)) return 'text';
  const name = fileNameOf(disposition);
  const encoding = (part.headers.get('content-transfer-encoding') ?? '7bit').toLowerCase();
  if (name === undefined || !/^attachment\b/i.test(disposition) || encoding !== 'base64') return undefined;
  const content = Buffer.from(part.body.toString('latin1'), 'base64');
  return { name, contentType: type.split(';')[0]?.trim() ?? '', content };
}

function fileNameOf(disposition: string): string | undefined {
  const extended = /;\s*filename\*=utf-8''([^;\s]+)/i.exec(disposition)?.[1];
  if (extended !== undefined) return decodePercents(extended);
  return /filename\*|=\?/i.test(disposition) ? undefined : parameterOf(disposition, 'filename');
}

function parameterOf(header: string, name: string): string | undefined {
  const match = new RegExp(`;\\s*${name}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^;\\s]+))`, 'i').exec(header);
  return match?.[1]?.replace(/\\(.)/g, '$1') ?? match?.[2];
}

function decodePercents(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    // Not what RFC 2231 says: the full parser may still make sense of it.
    return undefined;
  }
}

/** Encoded words of RFC 2047 in UTF-8 and base64; undefined where there are others. */
function decodeWords(text: string): string | undefined {
  if (!text.includes('=?')) return text;
  const joined = text.replace(/\?=\s+=\?/g, '?==?');
  const decoded = joined.replace(/=\?utf-8\?b\?([^?]*)\?=/gi, (_, word: string) =>
    Buffer.from(word, 'base64').toString(),
  );
  return /=\?[^?]+\?[bq]\?/i.test(joined.replace(/=\?utf-8\?b\?[^?]*\?=/gi, '')) ? undefined : decoded;
}

function parsedContents(mail: ParsedMail): MailContents {
  const to = mail.to === undefined || Array.isArray(mail.to) ? mail.to : [mail.to];
  const headerLine = (key: string): string => {
    const line = mail.headerLines.find((each) => each.key === key)?.line ?? '';
    return line
      .slice(line.indexOf(':') + 1)
      .replace(/\r?\n[ \t]+/g, ' ')
      .trim();
  };
  return {
    messageId: mail.messageId ?? '',
    from: mail.from?.text ?? '',
    to: (to ?? []).map((each) => each.text).join(', '),
    subject: mail.subject ?? '',
    date: headerLine('date'),
    correlationId: decodeWords(headerLine('x-correlation-id')) ?? headerLine('x-correlation-id'),
    files: mail.attachments.map((file) => {
      return { name: file.filename ?? '', contentType: file.contentType, content: file.content };
    }),
  };
}
