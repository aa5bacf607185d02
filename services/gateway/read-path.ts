// gateway: reads a request's path in the one form that the table and the services behind it understand alike.

/** A path without tricks. */
export interface ReadPath {
  /** Decoded, for the table. */
  readonly path: string;
  /** As it is sent on: the same path, encoded where needed. */
  readonly encoded: string;
  /** `?…` or empty. */
  readonly query: string;
}

const plainPath = /^\/[A-Za-z0-9\-._~!$&'()*+,=:@/]*$/;
const emptySegment = /\/\//;
const dotSegment = /\/\.{1,2}(?:\/|$)/;
// What another server could take for a separator, a query, a parameter or a second encoding.
const trickyCharacter = /[/\\%;?#\u0000-\u001f\u007f]/;

/**
 * Reads the target of a request (RFC 9112 §3.2, origin form or absolute form). A path that two servers could read
 * differently (empty or dot segments, encoded separators, double encoding, `;`, a backslash) is refused, so that no
 * spelling leads past the table.
 * @param target the request line's target, as Node gives it
 * @returns the path, or undefined where it is refused
 */
export function readPath(target: string): ReadPath | undefined {
  const origin = target.startsWith('/') ? target : target.replace(/^https?:\/\/[^/?#]*/i, '');
  const question = origin.indexOf('?');
  const path = question < 0 ? origin : origin.slice(0, question);
  const query = question < 0 ? '' : origin.slice(question);
  if (emptySegment.test(path) || dotSegment.test(path) || query.includes('#')) return undefined;
  if (plainPath.test(path)) return { path, encoded: path, query };
  return path.startsWith('/') && path.includes('%') ? decoded(path, query) : undefined;
}

function decoded(path: string, query: string): ReadPath | undefined {
  const segments = path.slice(1).split('/').map(decodeSegment);
  if (segments.includes(undefined)) return undefined;
  const known = segments as string[];
  return { path: `/${known.join('/')}`, encoded: `/${known.map(encodeURIComponent).join('/')}`, query };
}

function decodeSegment(segment: string): string | undefined {
  try {
    const text = decodeURIComponent(segment);
    return trickyCharacter.test(text) || text === '.' || text === '..' ? undefined : text;
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}
