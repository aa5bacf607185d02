// gateway: the cookie of a session: its name, how it is read and how it is written.
import { createHmac, hash, randomBytes } from 'node:crypto';

/** Ours begin with one of these; they never travel to the services. */
const ownPrefixes = ['__Host-staffetta', 'staffetta'];

const idForm = /^[A-Za-z0-9_-]{43}$/;

/** How cookies are written on a connection: browsers take `__Host-` only over https, from the very host, for all paths. */
export interface CookieStyle {
  readonly secure: boolean;
}

/** Makes a new id: 256 random bits in base64url. */
export function newSessionId(): string {
  return randomBytes(32).toString('base64url');
}

/**
 * Gives the name under which a session is stored.
 * @param id the cookie's value
 */
export function sessionKey(id: string): string {
  return hash('sha256', id, 'base64url');
}

/**
 * Gives the token that proves that a page of ours sent a request: only who knows the id, or was told, knows it.
 * @param id the cookie's value
 */
export function csrfTokenOf(id: string): string {
  return createHmac('sha256', id).update('staffetta: this page is ours').digest('base64url');
}

function pairs(header: string): [name: string, value: string][] {
  return header.split(';').map((part) => {
    const equals = part.indexOf('=');
    return equals < 0 ? ['', part.trim()] : [part.slice(0, equals).trim(), part.slice(equals + 1).trim()];
  });
}

/**
 * Finds all values of a cookie; several of one name come from several hosts or paths, and nobody can tell which is ours.
 * @param header the request's `Cookie`, as it came
 * @param name exact
 */
export function cookieValues(header: string | undefined, name: string): readonly string[] {
  if (header === undefined || !header.includes(name)) return [];
  return pairs(header).flatMap(([given, value]) => (given === name ? [value] : []));
}

/**
 * Names a cookie of ours.
 * @param what `''` for the session, else what the cookie is for
 * @param style how cookies are written here
 */
export function cookieName(what: string, { secure }: CookieStyle): string {
  const name = what === '' ? 'staffetta' : `staffetta-${what}`;
  return secure ? `__Host-${name}` : name;
}

/**
 * Writes a cookie that only the server reads.
 * @param name of `cookieName`
 * @param value printable, without `;` and `,`
 * @param style how cookies are written here
 * @param maxAgeS seconds; 0 deletes it, absent lets it end with the browser
 * @returns the value of `Set-Cookie`
 */
export function writeCookie(name: string, value: string, { secure }: CookieStyle, maxAgeS?: number): string {
  const age = maxAgeS === undefined ? '' : `; Max-Age=${maxAgeS}`;
  return `${name}=${value}; Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}${age}`;
}

/** What the session's cookie of a request says. */
export type FoundId = { readonly id: string } | 'none' | 'unclear';

/**
 * Reads the session's id.
 * @param header the request's `Cookie`
 * @param style how cookies are written here
 * @returns `unclear` where there are two or where it is none of our making
 */
export function readSessionId(header: string | undefined, style: CookieStyle): FoundId {
  const [id, ...more] = cookieValues(header, cookieName('', style));
  if (id === undefined) return 'none';
  return more.length === 0 && idForm.test(id) ? { id } : 'unclear';
}

/**
 * Tells whether a cookie is one of ours.
 * @param pair `name=value`, whatever follows
 */
export function isOwnCookie(pair: string): boolean {
  const name = pair.split('=', 1)[0]!.trim();
  return ownPrefixes.some((own) => name === own || name.startsWith(`${own}-`));
}

/**
 * Takes our cookies out of a header, for the services behind the gateway.
 * @param header the request's `Cookie`
 * @returns what is left; undefined where nothing is
 */
export function withoutOwnCookies(header: string): string | undefined {
  if (!header.includes('staffetta')) return header;
  const kept = header.split(';').filter((part) => !isOwnCookie(part));
  return kept.length === 0 ? undefined : kept.map((part) => part.trim()).join('; ');
}
