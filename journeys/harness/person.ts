// journeys: people with a browser and programs with a login, at an identity provider and at the gateways that believe it.
import assert from 'node:assert/strict';

/** What a browser shows. */
export interface Shown {
  readonly url: URL;
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
}

/** A person's browser: it keeps cookies by host, whatever the port, follows where it is led, and fills in forms. */
export class Person {
  readonly #jars = new Map<string, Map<string, string>>();

  #jar({ hostname }: URL): Map<string, string> {
    const jar = this.#jars.get(hostname) ?? new Map<string, string>();
    this.#jars.set(hostname, jar);
    return jar;
  }

  async #ask(url: URL, form: URLSearchParams | undefined): Promise<Shown> {
    const jar = this.#jar(url);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { accept: 'text/html', ...(cookie !== '' && { cookie }) };
    const sent = form ? { method: 'POST', body: form } : {};
    const answer = await fetch(url, { ...sent, headers, redirect: 'manual' });
    for (const set of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=;]+)=([^;]*)/.exec(set) ?? [];
      if (/max-age=0(?:;|$)/i.test(set)) jar.delete(name);
      else jar.set(name, value);
    }
    return { url, status: answer.status, text: await answer.text(), headers: answer.headers };
  }

  /** Goes to an address, with a form where one is given, and on to where it leads. */
  async go(address: string, form?: URLSearchParams): Promise<Shown> {
    let shown = await this.#ask(new URL(address), form);
    for (let hops = 0; shown.status >= 300 && shown.status < 400 && hops < 10; hops += 1) {
      shown = await this.#ask(new URL(shown.headers.get('location') ?? '', shown.url), undefined);
    }
    return shown;
  }

  /** Fills in the first form of a page and sends it. */
  async submit({ text, url }: Shown, fields: Readonly<Record<string, string>>): Promise<Shown> {
    const action = /<form[^>]*action="([^"]*)"/.exec(text)?.[1]?.replaceAll('&amp;', '&') ?? url.href;
    return this.go(new URL(action, url).href, new URLSearchParams(fields));
  }

  /**
   * Signs in at the identity provider behind a gateway.
   * @param gateway its address
   * @param who name and password, as the provider's form asks for them
   * @returns what the gateway shows of `/me` afterwards, or whatever else came of it
   */
  async signIn(gateway: string, who: { readonly username: string; readonly password: string }): Promise<Shown> {
    const shown = await this.go(`${gateway}/signin?returnTo=/me`);
    // Whoever is still signed in at the provider is asked for nothing.
    return shown.text.includes('name="password"') ? this.submit(shown, { ...who }) : shown;
  }
}

/** Signs a program in by its client credentials and gives its access token. */
export async function tokenOf(
  issuer: string,
  { clientId, clientSecret }: { readonly clientId: string; readonly clientSecret: string },
): Promise<string> {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
  });
  const answer = await fetch(`${issuer}/protocol/openid-connect/token`, { method: 'POST', body });
  const { access_token: token } = (await answer.json()) as { access_token?: string };
  assert.ok(token, `${clientId} got no token: ${answer.status}`);
  return token;
}
