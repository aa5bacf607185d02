// gateway: for its tests: a browser that keeps cookies as browsers do, follows redirects and fills in forms.
import { request } from 'undici';

/** What the browser shows at the end. */
export interface Page {
  readonly url: URL;
  readonly status: number;
  readonly text: string;
  readonly headers: Record<string, string | string[] | undefined>;
}

/** How one request differs from typing an address. */
export interface Ask {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  /** Stops before a redirect to an address that this is true of. */
  readonly stopAt?: (url: URL) => boolean;
}

/**
 * A browser with cookies per host. `__Host-` cookies are taken only as browsers take them: secure, for all paths, without a domain.
 */
export class TestBrowser {
  readonly #real: ReadonlyMap<string, string>;
  readonly #jars = new Map<string, Map<string, string>>();

  /** @param real public origin → the origin at which it really answers; such public ones count as reached over their own scheme */
  constructor(real: ReadonlyMap<string, string>) {
    this.#real = real;
  }

  /** The cookies for a host, which a test may plant in and take from. */
  jar(origin: string): Map<string, string> {
    const { hostname } = new URL(origin);
    const known = this.#jars.get(hostname);
    if (known) return known;
    const fresh = new Map<string, string>();
    this.#jars.set(hostname, fresh);
    return fresh;
  }

  #take(url: URL, set: string): void {
    const [pair = '', ...attributes] = set.split(';').map((part) => part.trim());
    const equals = pair.indexOf('=');
    const name = pair.slice(0, equals);
    const has = (attribute: string): boolean => attributes.some((one) => one.toLowerCase() === attribute);
    if (name.startsWith('__Host-') && !(url.protocol === 'https:' && has('secure') && has('path=/'))) {
      throw new Error(`no browser takes this cookie: ${name}`);
    }
    const isOver = has('max-age=0') || attributes.some((one) => /^expires=Thu, 01 Jan 1970/i.test(one));
    if (isOver) this.jar(url.origin).delete(name);
    else this.jar(url.origin).set(name, pair.slice(equals + 1));
  }

  async #once(url: URL, { method = 'GET', headers = {}, body }: Ask): Promise<Page> {
    const cookies = [...this.jar(url.origin)].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await request((this.#real.get(url.origin) ?? url.origin) + url.pathname + url.search, {
      method: method as 'GET',
      headers: { accept: 'text/html', ...(cookies !== '' && { cookie: cookies }), ...headers },
      body: body ?? null,
    });
    for (const set of [answer.headers['set-cookie'] ?? []].flat()) this.#take(url, set);
    return { url, status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
  }

  /** Goes to an address and follows where it leads. */
  async go(address: string, ask: Ask = {}): Promise<Page> {
    let page = await this.#once(new URL(address), ask);
    for (let hops = 0; page.status >= 300 && page.status < 400 && hops < 20; hops += 1) {
      const next = new URL(String(page.headers['location']), page.url);
      if (ask.stopAt?.(next)) return { ...page, url: next };
      page = await this.#once(next, {});
    }
    return page;
  }

  /** Sends the first form of a page, with these fields besides its own. */
  async submit(page: Page, fields: Record<string, string> = {}, ask: Ask = {}): Promise<Page> {
    const action = /<form[^>]*action="([^"]*)"/.exec(page.text)?.[1]?.replaceAll('&amp;', '&') ?? page.url.href;
    const own = [...page.text.matchAll(/<input[^>]*>/g)].flatMap(([input]) => {
      const [name, value] = [/name="([^"]*)"/.exec(input)?.[1], /value="([^"]*)"/.exec(input)?.[1] ?? ''];
      return name === undefined ? [] : [[name, value] as const];
    });
    const body = new URLSearchParams({ ...Object.fromEntries(own), ...fields }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return this.go(new URL(action, page.url).href, { ...ask, method: 'POST', headers, body });
  }
}
