// sender: the one mail that it writes, a short text and the invoice's file, from a fixed template.
import { hash } from 'node:crypto';
import { isMailAddress } from '@staffetta/platform/config/mail-address.ts';

/** How much of a mail the provider's receipt of its delivery repeats: all of it, hashes of its files, or nothing. */
export const receiptTypes = ['completa', 'breve', 'sintetica'] as const;
/** One of the three. */
export type ReceiptType = (typeof receiptTypes)[number];

/** What goes into the mail. */
export interface MailParts {
  readonly from: string;
  readonly to: string | readonly string[];
  /** With or without angle brackets; the same invoice always carries the same one. */
  readonly messageId: string;
  readonly subject: string;
  readonly date: Date;
  readonly correlationId?: string | undefined;
  /** Asks PEC providers for receipts of this kind, by the header X-TipoRicevuta. */
  readonly receiptType?: ReceiptType | undefined;
  readonly fileName: string;
  /** The attachment's exact bytes. */
  readonly content: Buffer;
  /** The attachment's type, such as `application/xml`. */
  readonly contentType: string;
  /** The readable part; any line breaks. */
  readonly text: string;
}

const messageIdPattern = /^<?([A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.\-[\]:]+)>?$/;
const contentTypePattern = /^[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*\/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*$/;
const boundaryMark = '=_staffetta_';
// RFC 2045 §6.8: at most 76 characters a line.
const base64LineChars = 76;

/**
 * Composes the mail.
 * Gives the whole message in ASCII with CRLF, ready for SMTP; the same parts give the same bytes, and the attachment
 * decodes to exactly the bytes given. The date is written in UTC. Throws an Error that names the part that cannot go
 * into a mail: an address, Message-ID, file name or type that is none, or a line break in what becomes a header.
 */
export function composeMail(parts: MailParts): Buffer {
  const boundary = boundaryMark + hash('sha256', parts.messageId, 'hex').slice(0, 24);
  const recipients = typeof parts.to === 'string' ? [parts.to] : parts.to;
  const head = [
    `From: ${addressOf(parts.from, 'from')}`,
    `To: ${recipientsOf(recipients)}`,
    `Subject: ${headerText(parts.subject, 'subject')}`,
    `Date: ${dateOf(parts.date)}`,
    `Message-ID: <${matchOf(parts.messageId, messageIdPattern, 'messageId')}>`,
    ...(parts.correlationId === undefined
      ? []
      : [`X-Correlation-ID: ${headerText(parts.correlationId, 'correlationId')}`]),
    ...(parts.receiptType === undefined ? [] : [`X-TipoRicevuta: ${parts.receiptType}`]),
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed;',
    ` boundary="${boundary}"`,
  ];
  const body = [
    '',
    `--${boundary}`,
    ...textPart(parts.text),
    `--${boundary}`,
    `Content-Type: ${matchOf(parts.contentType, contentTypePattern, 'contentType')};`,
    ` ${parameter('name', parts.fileName)}`,
    'Content-Transfer-Encoding: base64',
    'Content-Disposition: attachment;',
    ` ${parameter('filename', parts.fileName)}`,
    '',
    base64Lines(parts.content),
    `--${boundary}--`,
    '',
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n${body.join('\r\n')}`, 'latin1');
}

function addressOf(address: string, part: string): string {
  if (isMailAddress(address)) return address;
  throw wrong(part, `${JSON.stringify(address)} is no mail address: write name@example.com`);
}

function recipientsOf(recipients: readonly string[]): string {
  if (recipients.length === 0) throw wrong('to', 'there is no recipient');
  return recipients.map((address) => addressOf(address, 'to')).join(',\r\n ');
}

function matchOf(text: string, pattern: RegExp, part: string): string {
  const match = pattern.exec(text);
  if (match === null || text.length > 500) throw wrong(part, `${JSON.stringify(text.slice(0, 500))} has not its form`);
  return match[1] ?? match[0];
}

function dateOf(date: Date): string {
  if (Number.isNaN(date.getTime())) throw wrong('date', 'it is no date');
  return date.toUTCString().replace('GMT', '+0000');
}

/**
 * Free header text: as it is where that is safe and short, else as encoded words (RFC 2047 §2: lines of 76 characters).
 */
function headerText(text: string, part: string): string {
  refuseControls(text, part);
  const isPlain = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(text) && text.length <= 200 && !text.includes('=?');
  if (isPlain) return text;
  const words: string[] = [];
  let word = '';
  for (const character of text.toWellFormed()) {
    // 33 bytes make 44 characters of base64, 56 with the frame, 74 behind the longest header name.
    if (Buffer.byteLength(word + character) > 33) {
      words.push(word);
      word = '';
    }
    word += character;
  }
  if (word !== '') words.push(word);
  return words.map((each) => `=?UTF-8?B?${Buffer.from(each).toString('base64')}?=`).join('\r\n ');
}

/** A header parameter: quoted where ASCII, else by RFC 2231. */
function parameter(name: string, fileName: string): string {
  refuseControls(fileName, 'fileName');
  if (fileName === '' || Buffer.byteLength(fileName) > 255) throw wrong('fileName', 'it must have 1 to 255 bytes');
  if (/^[\x20-\x7e]+$/.test(fileName)) return `${name}="${fileName.replace(/["\\]/g, '\\$&')}"`;
  const encoded = encodeURIComponent(fileName.toWellFormed()).replace(/['()*!]/g, percentOf);
  return `${name}*=UTF-8''${encoded}`;
}

function percentOf(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

function textPart(text: string): string[] {
  const lines = text.toWellFormed().replace(/\r\n?/g, '\n');
  const isPlain = /^[\t\n\x20-\x7e]*$/.test(lines) && !/[^\n]{900}/.test(lines) && !lines.includes(boundaryMark);
  const body = isPlain ? lines.replaceAll('\n', '\r\n') : base64Lines(Buffer.from(lines.replaceAll('\n', '\r\n')));
  return [
    'Content-Type: text/plain; charset=utf-8',
    `Content-Transfer-Encoding: ${isPlain ? '7bit' : 'base64'}`,
    '',
    body,
  ];
}

function base64Lines(content: Buffer): string {
  const encoded = content.toString('base64');
  const lines: string[] = [];
  for (let at = 0; at < encoded.length; at += base64LineChars) lines.push(encoded.slice(at, at + base64LineChars));
  return lines.join('\r\n');
}

function refuseControls(text: string, part: string): void {
  if (/[\x00-\x1f\x7f]/.test(text)) throw wrong(part, 'it holds a line break or another control character');
}

function wrong(part: string, clause: string): Error {
  return new Error(`The mail cannot be composed, its ${part} is not right: ${clause}.`);
}
