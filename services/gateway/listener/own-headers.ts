// gateway: what its own answers tell browsers: take the type as it is said, show nothing inside other pages, load nothing from elsewhere.

const common = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
};

/** Data are no page: nothing is loaded, nothing runs. */
const dataPolicy = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/** Swagger UI brings its own scripts, sets styles on elements, and draws its icons from data: URLs. */
const apiPagePolicy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; " +
  "font-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

/**
 * Gives the headers of an answer of the gateway itself. Whoever answers with a page sets a Content-Security-Policy of its own over it.
 * @param path of the request
 */
export function ownHeaders(path: string): Readonly<Record<string, string>> {
  const isApiPage = path.startsWith('/swagger-ui');
  return { ...common, 'content-security-policy': isApiPage ? apiPagePolicy : dataPolicy };
}
