// gateway: which requests a route of one's own takes: by path, method, host, header and query. Pure.

/** A wildcard text: `*` stands for any characters, also none; everything else for itself. */
export interface Wildcard {
  readonly starts: string;
  readonly parts: readonly string[];
  readonly ends: string;
  readonly isExact: boolean;
}

/**
 * Reads a wildcard text.
 * @param text as a person wrote it
 */
export function readWildcard(text: string): Wildcard {
  const parts = text.split('*');
  return { starts: parts[0]!, parts: parts.slice(1, -1), ends: parts.at(-1)!, isExact: parts.length === 1 };
}

/** Tells whether a text fits; in linear time, whatever was written. */
export function fitsWildcard({ starts, parts, ends, isExact }: Wildcard, text: string): boolean {
  if (isExact) return text === starts;
  if (text.length < starts.length + ends.length || !text.startsWith(starts) || !text.endsWith(ends)) return false;
  const stop = text.length - ends.length;
  let at = starts.length;
  for (const part of parts) {
    const found = text.indexOf(part, at);
    if (found < 0 || found + part.length > stop) return false;
    at = found + part.length;
  }
  return true;
}

/** A pattern of paths: segments, `*` for any one; `/**` at its end for the path before it and all below. */
export interface PathPattern {
  readonly text: string;
  readonly segments: readonly string[];
  readonly isOpen: boolean;
}

/**
 * Reads a pattern of paths.
 * @param text it begins with a slash
 */
export function readPattern(text: string): PathPattern {
  const isOpen = text.endsWith('/**');
  const path = isOpen ? text.slice(0, -3) : text;
  return { text, segments: path === '' ? [] : path.slice(1).split('/'), isOpen };
}

/**
 * Tells whether a path fits.
 * @param pattern the route's
 * @param path decoded and without tricks; one slash at its end does not count
 */
export function fitsPattern({ segments, isOpen }: PathPattern, path: string): boolean {
  const asked = path.replace(/\/$/, '').slice(1).split('/');
  if (isOpen ? asked.length < segments.length : asked.length !== segments.length) return false;
  return segments.every((segment, index) => segment === '*' || segment === asked[index]);
}

/** A text that must be there under a name. */
export type Named = readonly [name: string, wildcard: Wildcard];

/** What a route asks of a request besides its method. */
export interface Predicates {
  readonly paths: readonly PathPattern[];
  /** None for any host. */
  readonly hosts: readonly Wildcard[];
  /** Names in lower case. */
  readonly headers: readonly Named[];
  readonly query: readonly Named[];
}

/** What a route looks at. */
export interface Asked {
  readonly path: string;
  /** `?…` or empty. */
  readonly query: string;
  readonly host: string | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

function fitsHost(hosts: readonly Wildcard[], host: string | undefined): boolean {
  if (hosts.length === 0) return true;
  const name = host?.toLowerCase().replace(/:\d+$/, '');
  return name !== undefined && hosts.some((one) => fitsWildcard(one, name));
}

function fitsHeader([name, wildcard]: Named, headers: Asked['headers']): boolean {
  const value = headers[name];
  return value !== undefined && [value].flat().some((one) => fitsWildcard(wildcard, one));
}

/**
 * Tells whether a request meets all that a route asks.
 * @param predicates the route's
 * @param asked the request's
 */
export function fitsRequest(predicates: Predicates, asked: Asked): boolean {
  if (!predicates.paths.some((pattern) => fitsPattern(pattern, asked.path))) return false;
  if (!fitsHost(predicates.hosts, asked.host)) return false;
  if (!predicates.headers.every((one) => fitsHeader(one, asked.headers))) return false;
  if (predicates.query.length === 0) return true;
  const given = new URLSearchParams(asked.query);
  return predicates.query.every(([name, wildcard]) => given.getAll(name).some((one) => fitsWildcard(wildcard, one)));
}
