// mailbox: reads the address of an IMAP server, IMAP_URL, into host, port, encryption and login.
import { HubError } from '@staffetta/flow/errors.ts';

/**
 * How the connection is encrypted after a plain start: `auto` takes STARTTLS where it is offered. To another machine that is `required`,
 * or whoever sits in between could keep it from us and read the password; `off` sends it in the clear all the same.
 */
export type StartTls = 'required' | 'off' | 'auto';

/** What an IMAP URL says. */
export interface ImapUrl {
  readonly host: string;
  readonly port: number;
  /** True for imaps://: encrypted from the first byte. */
  readonly implicitTls: boolean;
  readonly startTls: StartTls;
  /** False accepts any certificate. */
  readonly rejectUnauthorized: boolean;
  readonly user: string;
  readonly password: string;
}

const example = 'imaps://user:password@imap.example.com:993';
const startTlsWords: readonly StartTls[] = ['required', 'off', 'auto'];

function wrong(what: string): HubError {
  return new HubError('SETTING_WRONG', `IMAP_URL ${what}. Write it as ${example}.`);
}

function decode(text: string, part: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    throw new HubError('SETTING_WRONG', `IMAP_URL: its ${part} is not percent-encoded UTF-8.`, error);
  }
}

function isStartTls(word: string): word is StartTls {
  return (startTlsWords as readonly string[]).includes(word);
}

/** This machine, where nobody sits in between. */
function isHere(host: string): boolean {
  return /^(?:localhost|127\.\d+\.\d+\.\d+|::1)$/i.test(host);
}

function startTlsOf(query: URLSearchParams, implicitTls: boolean, host: string): StartTls {
  const word = query.get('starttls') ?? 'auto';
  if (!isStartTls(word)) throw wrong(`has a starttls that is none of ${startTlsWords.join(', ')}`);
  if (implicitTls && query.has('starttls')) throw wrong('has starttls, but imaps:// is encrypted already');
  return word === 'auto' && !implicitTls && !isHere(host) ? 'required' : word;
}

function rejectUnauthorizedOf(query: URLSearchParams): boolean {
  const word = query.get('rejectUnauthorized') ?? 'true';
  if (word !== 'true' && word !== 'false') throw wrong('has a rejectUnauthorized that is neither true nor false');
  return word === 'true';
}

/** What is not known may be the rest of a password, so that it is not repeated. */
function refuseUnknown(url: URL): void {
  const known = new Set(['starttls', 'rejectUnauthorized']);
  if (![...url.searchParams.keys()].every((name) => known.has(name))) {
    throw wrong(
      `has an option in its query that is none of ${[...known].join(', ')}; a ? in a password is written %3F`,
    );
  }
  if (url.hash !== '') throw wrong('has a # part: a # in a password is written %23');
  if (url.pathname !== '' && url.pathname !== '/') throw wrong('has a path; the folder is set by IMAP_FOLDER');
}

/**
 * Reads an IMAP URL: `imap://` or `imaps://user:password@host[:port]`, user and password percent-encoded (`%40` for @), with the
 * optional query `starttls=required|off|auto` (default auto; to another machine that is required) and `rejectUnauthorized=true|false` (default true). Ports default to
 * 143, and 993 for imaps.
 * @param text the setting
 * @throws HubError SETTING_WRONG that says what is wrong, never the password
 */
export function parseImapUrl(text: string): ImapUrl {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : undefined;
  if (!url) throw wrong('is no URL');
  if (url.protocol !== 'imap:' && url.protocol !== 'imaps:') throw wrong('begins with neither imap:// nor imaps://');
  if (url.hostname === '') throw wrong('names no host');
  if (url.username === '' || url.password === '') throw wrong('needs a user and a password');
  if (url.port === '0') throw wrong('has port 0, ports run from 1 to 65535');
  refuseUnknown(url);
  const implicitTls = url.protocol === 'imaps:';
  const host = decode(url.hostname.replace(/^\[(.*)\]$/, '$1'), 'host');
  return {
    host,
    port: url.port === '' ? (implicitTls ? 993 : 143) : Number(url.port),
    implicitTls,
    startTls: startTlsOf(url.searchParams, implicitTls, host),
    rejectUnauthorized: rejectUnauthorizedOf(url.searchParams),
    user: decode(url.username, 'user'),
    password: decode(url.password, 'password'),
  };
}

/**
 * Writes the address of a server for logs and pages, without user and password.
 * @param url as it was read
 */
export function showImapUrl({ host, port, implicitTls }: ImapUrl): string {
  return `${implicitTls ? 'imaps' : 'imap'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
