// sender: reads the one setting for its mail server, SMTP_URL, into host, port, encryption and login.

/** How the connection is encrypted after a plain start: `auto` takes STARTTLS where it is offered. */
export type StartTls = 'required' | 'off' | 'auto';

/** What SMTP_URL says. */
export interface SmtpUrl {
  readonly host: string;
  readonly port: number;
  /** True for smtps://: encrypted from the first byte. */
  readonly implicitTls: boolean;
  readonly startTls: StartTls;
  /** False accepts any certificate. */
  readonly rejectUnauthorized: boolean;
  readonly login: { readonly user: string; readonly password: string } | undefined;
}

const example = 'smtp://user:password@mail.example.com:587?starttls=required';

/**
 * Reads an SMTP URL.
 * Takes `smtp://` or `smtps://[user:password@]host[:port]`, user and password percent-encoded, with the optional query
 * `starttls=required|off|auto` (default auto) and `rejectUnauthorized=true|false` (default true). Ports default to
 * 25, with a login 587, and 465 for smtps. Throws an Error that names the setting and what is wrong, never the
 * password.
 */
export function parseSmtpUrl(text: string): SmtpUrl {
  const url = parse(text);
  const implicitTls = url.protocol === 'smtps:';
  const login = loginOf(url);
  const startTls = startTlsOf(url, implicitTls);
  refuseLeftovers(url);
  return {
    host: hostOf(url),
    port: url.port === '' ? defaultPort(implicitTls, login !== undefined) : portOf(url),
    implicitTls,
    startTls,
    rejectUnauthorized: rejectUnauthorizedOf(url),
    login,
  };
}

/**
 * Prints a mail server's address for logs and pages.
 * Takes a parsed URL; gives `smtp://host:port` without user and password.
 */
export function showSmtpUrl(url: SmtpUrl): string {
  const host = url.host.includes(':') ? `[${url.host}]` : url.host;
  return `${url.implicitTls ? 'smtps' : 'smtp'}://${host}:${url.port}`;
}

function parse(text: string): URL {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : undefined;
  if (url === undefined) throw wrong(`is not a URL`);
  if (url.protocol !== 'smtp:' && url.protocol !== 'smtps:') {
    throw wrong(`begins with ${url.protocol}//, but only smtp:// and smtps:// are known`);
  }
  if (url.hostname === '') throw wrong('names no host');
  return url;
}

function hostOf(url: URL): string {
  return decode(url.hostname.replace(/^\[(.*)\]$/, '$1'), 'host');
}

function portOf(url: URL): number {
  const port = Number(url.port);
  if (port < 1) throw wrong('has port 0, ports run from 1 to 65535');
  return port;
}

function defaultPort(implicitTls: boolean, hasLogin: boolean): number {
  if (implicitTls) return 465;
  return hasLogin ? 587 : 25;
}

function loginOf(url: URL): SmtpUrl['login'] {
  if (url.username === '' && url.password === '') return undefined;
  if (url.username === '') throw wrong('has a password but no user');
  if (url.password === '') throw wrong('has a user but no password');
  const login = { user: decode(url.username, 'user'), password: decode(url.password, 'password') };
  // NUL separates the parts of AUTH PLAIN (RFC 4616), so neither part may hold one.
  if (login.user.includes('\0') || login.password.includes('\0'))
    throw wrong('has a NUL character in user or password');
  return login;
}

function startTlsOf(url: URL, implicitTls: boolean): StartTls {
  const value = url.searchParams.get('starttls') ?? (implicitTls ? 'off' : 'auto');
  if (value !== 'required' && value !== 'off' && value !== 'auto') {
    throw wrong('has an unknown starttls, which must be required, off or auto');
  }
  if (implicitTls && value === 'required') {
    throw wrong('asks for starttls on smtps://, which is encrypted from the start: use smtp:// or leave starttls out');
  }
  return value;
}

function rejectUnauthorizedOf(url: URL): boolean {
  const value = url.searchParams.get('rejectUnauthorized') ?? 'true';
  if (value !== 'true' && value !== 'false')
    throw wrong('has an unknown rejectUnauthorized, which must be true or false');
  return value === 'true';
}

function refuseLeftovers(url: URL): void {
  const known = new Set(['starttls', 'rejectUnauthorized']);
  // What is not known may be the rest of a password, so that it is not repeated.
  if (![...url.searchParams.keys()].every((key) => known.has(key))) {
    throw wrong(`has an option that is none of ${[...known].join(', ')}; a ? inside the password must be written %3F`);
  }
  if (url.pathname !== '' && url.pathname !== '/') throw wrong('has a path after the host, which SMTP does not know');
  if (url.hash !== '') throw wrong('has a # part: a # inside the password must be written %23');
}

function decode(text: string, part: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw wrong(`has a stray % in its ${part}: write it %25`, cause);
  }
}

function wrong(clause: string, cause?: unknown): Error {
  return new Error(`SMTP_URL ${clause}. It looks like ${example}.`, cause === undefined ? undefined : { cause });
}
