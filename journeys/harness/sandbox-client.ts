// journeys: the sandbox as its REST shows it: the mails that came, the callbacks that came, and how it is told to misbehave.
import type { CallbackFilter, CallbackRecord } from '@staffetta/sandbox/callback-book.ts';
import type { CallbackRule } from '@staffetta/sandbox/callback-rules.ts';
import type { MailFilter } from '@staffetta/sandbox/mail-store.ts';
import type { MailSummary } from '@staffetta/sandbox/mail-summary.ts';
import type { Page } from '@staffetta/sandbox/pages.ts';
import type { PecRule } from '@staffetta/sandbox/pec/pec-outcomes.ts';
import type { ImapWish } from '@staffetta/sandbox/pec/pec-routes.ts';
import type { SmtpRule } from '@staffetta/sandbox/smtp-rules.ts';
import { request } from 'undici';

const pageSize = 1000;

/** The sandbox of an estate. */
export class SandboxClient {
  readonly page: string;

  /** @param page the address of its page, without a slash at its end */
  constructor(page: string) {
    this.page = page;
  }

  /** An address to be called back at; the last part tells the callbacks of one story from another's. */
  callbackUrl(story: string): string {
    return `${this.page}/callbacks/${story}`;
  }

  /** All mails that match, the oldest first. */
  async mails(filter: MailFilter = {}): Promise<MailSummary[]> {
    return this.#all<MailSummary>('/api/mails', filter);
  }

  /** How many mails came. */
  async countMails(): Promise<number> {
    const answer = JSON.parse(String(await this.#ask('GET', '/api/mails?size=1'))) as Page<MailSummary>;
    return answer.totalElements;
  }

  /** An attachment's exact bytes. */
  async attachment(mailId: string, name: string): Promise<Buffer> {
    return this.#ask('GET', `/mails/${encodeURIComponent(mailId)}/attachments/${encodeURIComponent(name)}`);
  }

  /** All callbacks that match, refused ones too, in the order in which they came. */
  async callbacks(filter: CallbackFilter = {}): Promise<CallbackRecord[]> {
    return this.#all<CallbackRecord>('/api/callbacks', filter);
  }

  /** Tells its mail server how to misbehave; `down` takes it off the net. */
  async misbehaveSmtp(rule: SmtpRule & { down?: boolean }): Promise<void> {
    await this.#ask('PUT', '/smtp-behaviour', rule);
  }

  /** Lets its mail server take every mail again. */
  async behaveSmtp(): Promise<void> {
    await this.#ask('DELETE', '/smtp-behaviour');
  }

  /** Tells its callback endpoint how to misbehave. */
  async misbehaveCallbacks(rule: CallbackRule): Promise<void> {
    await this.#ask('PUT', '/callbacks-behaviour', rule);
  }

  /** Lets its callback endpoint answer 200 again. */
  async behaveCallbacks(): Promise<void> {
    await this.#ask('DELETE', '/callbacks-behaviour');
  }

  /** Tells its IMAP server, or one of its mailboxes, how to misbehave. */
  async misbehaveImap(wish: ImapWish): Promise<void> {
    await this.#ask('PUT', '/imap-behaviour', wish);
  }

  /** Lets its IMAP server serve everybody again, with room in every mailbox. */
  async behaveImap(): Promise<void> {
    await this.#ask('DELETE', '/imap-behaviour');
  }

  /** Tells its PEC provider how mails are to fare. */
  async misbehavePec(rule: PecRule): Promise<void> {
    await this.#ask('PUT', '/pec-behaviour', rule);
  }

  /** Lets its PEC provider deliver every mail again. */
  async behavePec(): Promise<void> {
    await this.#ask('DELETE', '/pec-behaviour');
  }

  async #all<T>(path: string, filter: object): Promise<T[]> {
    const found: T[] = [];
    const query = Object.entries(filter).filter(([, value]) => value !== undefined);
    for (let page = 0; ; page += 1) {
      const search = new URLSearchParams([...query, ['page', String(page)], ['size', String(pageSize)]]);
      const answer = JSON.parse(String(await this.#ask('GET', `${path}?${search.toString()}`))) as Page<T>;
      found.push(...answer.content);
      if (answer.content.length < pageSize) return found.reverse();
    }
  }

  async #ask(method: 'GET' | 'PUT' | 'DELETE', path: string, body?: object): Promise<Buffer> {
    const answer = await request(`${this.page}${path}`, {
      method,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const bytes = Buffer.from(await answer.body.arrayBuffer());
    if (answer.statusCode < 300) return bytes;
    throw new Error(`the sandbox answered ${method} ${path} with ${answer.statusCode}: ${bytes.toString()}`);
  }
}
