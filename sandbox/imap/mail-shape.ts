// sandbox: a mail's ENVELOPE and BODYSTRUCTURE as IMAP writes them (RFC 3501 §7.4.2).
import { headerOf, withParameters } from '@staffetta/fatturapa/mail/mail-headers.ts';
import type { MailHeaders } from '@staffetta/fatturapa/mail/mail-headers.ts';
import { nstring } from './imap-words.ts';
import type { Part } from './mail-tree.ts';

const addressesMax = 200;
const asIs = (bytes: Buffer): Buffer => bytes;

// Each piece takes what it has looked at, so that no text, however odd, is looked at twice.
const pieceForm = /"(?:[^"\\]|\\[^])*"?|\([^()]*\)?|<[^<>]*>?|[,;:]|[^\s",;:<(]+/g;

interface Address {
  readonly name: string | undefined;
  readonly address: string;
}

function addressOf(words: readonly string[], angled: string | undefined): Address[] {
  if (angled === undefined) {
    const alone = words.find((word) => word.includes('@'));
    return alone === undefined ? [] : [{ name: undefined, address: alone }];
  }
  const name = words.join(' ');
  return angled === '' ? [] : [{ name: name === '' ? undefined : name, address: angled }];
}

/** The addresses of a header, each with its name; groups are opened, comments passed over. */
function addressesIn(text: string): readonly Address[] {
  const found: Address[] = [];
  let words: string[] = [];
  let angled: string | undefined;
  for (const [piece] of [...text.slice(0, 20_000).matchAll(pieceForm), [',']] as const) {
    if (piece === ',' || piece === ';') found.push(...addressOf(words, angled));
    if (/^[,;:]$/.test(piece)) [words, angled] = [[], undefined];
    else if (piece.startsWith('<')) angled = piece.replaceAll(/[<>]/g, '').trim();
    else if (piece.startsWith('"')) words.push(piece.replaceAll(/^"|"$/g, '').replaceAll(/\\([^])/g, '$1'));
    else if (!piece.startsWith('(')) words.push(piece);
  }
  return found.slice(0, addressesMax);
}

function addressList(headers: MailHeaders, name: string): string {
  const text = headerOf(headers, name);
  const found = text === undefined ? [] : addressesIn(text);
  if (found.length === 0) return 'NIL';
  const written = found.map(({ name, address }) => {
    const at = address.lastIndexOf('@');
    const [mailbox, host] = at === -1 ? [address, ''] : [address.slice(0, at), address.slice(at + 1)];
    return `(${nstring(name)} NIL ${nstring(mailbox)} ${nstring(host)})`;
  });
  return `(${written.join('')})`;
}

/**
 * ENVELOPE: texts as they stand in the headers, encoded words and all.
 * @param headers the mail's
 */
export function envelopeOf(headers: MailHeaders): string {
  const text = (name: string): string => nstring(headerOf(headers, name));
  const from = addressList(headers, 'from');
  const orFrom = (name: string): string => (headers.values.has(name) ? addressList(headers, name) : from);
  const people = [from, orFrom('sender'), orFrom('reply-to')];
  for (const name of ['to', 'cc', 'bcc']) people.push(addressList(headers, name));
  return `(${[text('date'), text('subject'), ...people, text('in-reply-to'), text('message-id')].join(' ')})`;
}

function parameterList(parameters: ReadonlyMap<string, string>): string {
  if (parameters.size === 0) return 'NIL';
  return `(${[...parameters].flatMap(([name, value]) => [nstring(name), nstring(value)]).join(' ')})`;
}

function disposition(headers: MailHeaders): string {
  const text = headerOf(headers, 'content-disposition');
  if (text === undefined) return 'NIL';
  const { word, parameters } = withParameters(text, asIs);
  return `(${nstring(word)} ${parameterList(parameters)})`;
}

function typeWords({ type }: Part): [string, string] {
  const [main = '', sub = ''] = type.word.split('/');
  return main === '' || sub === '' ? ['text', 'plain'] : [main, sub];
}

function lines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(0x0a); at !== -1; at = bytes.indexOf(0x0a, at + 1)) count += 1;
  return count;
}

/**
 * BODYSTRUCTURE, or BODY without its extensions.
 * @param part the mail
 * @param extended whether with extensions
 */
export function structureOf(part: Part, extended: boolean): string {
  const { headers, type } = part;
  const [main, sub] = typeWords(part);
  const location = nstring(headerOf(headers, 'content-location'));
  const more = `${disposition(headers)} NIL ${location}`;
  if (main === 'multipart' && part.parts.length > 0) {
    const inside = part.parts.map((each) => structureOf(each, extended)).join('');
    return `(${inside} ${nstring(sub)}${extended ? ` ${parameterList(type.parameters)} ${more}` : ''})`;
  }
  // A multipart without parts cannot be told as one.
  const words = main === 'multipart' ? ['application', 'octet-stream'] : [main, sub];
  const basics = [
    ...words.map(nstring),
    parameterList(type.parameters),
    nstring(headerOf(headers, 'content-id')),
    nstring(headerOf(headers, 'content-description')),
    nstring(headerOf(headers, 'content-transfer-encoding') ?? '7bit'),
    String(part.body.length),
  ];
  const [inner] = part.parts;
  if (type.word === 'message/rfc822' && inner) {
    basics.push(envelopeOf(inner.headers), structureOf(inner, extended), String(lines(part.body)));
  } else if (type.word === 'message/rfc822') {
    // Not opened: told as bytes, since a message's fields would be missing.
    basics.splice(0, 2, '"application"', '"octet-stream"');
  } else if (main === 'text') {
    basics.push(String(lines(part.body)));
  }
  return `(${basics.join(' ')}${extended ? ` NIL ${more}` : ''})`;
}
