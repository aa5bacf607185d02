// journeys: the sandbox's SdI as its REST shows it: what it got and answered, what it is told to do, invoices that it brings.
import { request } from 'undici';
import type { SandboxClient } from './sandbox-client.ts';

/** A file that SdI got, as far as the stories look. */
export interface SdiFileSeen {
  readonly fileName: string;
  readonly sdiId: string;
  readonly invoices: readonly { readonly number: string }[];
  /** What it decided: `RC`, `MC; DOPPIA`, `SCARTO 00311`. */
  readonly decided: string;
  /** The same notice once more has the same file name. */
  readonly answers: readonly { readonly kind: string; readonly fileName: string; readonly sent: boolean }[];
}

/** The sandbox's SdI. */
export class SdiDesk {
  readonly #page: string;

  /** @param sandbox whose SdI */
  constructor({ page }: SandboxClient) {
    this.#page = page;
  }

  /** All files that it got. */
  async files(): Promise<readonly SdiFileSeen[]> {
    return (JSON.parse(await this.#ask('GET', '/sdi/files?size=1000')) as { content: SdiFileSeen[] }).content;
  }

  /** Forces outcomes from now on. */
  async rule(rule: Readonly<Record<string, unknown>>): Promise<void> {
    await this.#ask('POST', '/sdi/rules', rule);
  }

  /** Brings a supplier's invoice to a mailbox, with its metadata. */
  async bring(to: string, xml: string): Promise<void> {
    await this.#ask('POST', '/sdi/incoming', { to, file: Buffer.from(xml).toString('base64') });
  }

  /** Sends one more notice about a file that it got. */
  async notice(wish: Readonly<Record<string, unknown>>): Promise<void> {
    await this.#ask('POST', '/sdi/notices', wish);
  }

  async #ask(method: 'GET' | 'POST', path: string, body?: object): Promise<string> {
    const answer = await request(`${this.#page}${path}`, {
      method,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const text = await answer.body.text();
    if (answer.statusCode < 300) return text;
    throw new Error(`the sandbox answered ${method} ${path} with ${answer.statusCode}: ${text}`);
  }
}
