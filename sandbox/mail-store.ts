// sandbox: received mails as files in a folder, the newest so many; what they say is read only when somebody asks.
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { summarise } from './mail-summary.ts';
import type { MailSummary } from './mail-summary.ts';
import { toPage } from './pages.ts';
import type { Page, PageRequest } from './pages.ts';

/** What to look for; a mail must match all that is given. */
export interface MailFilter {
  /** An attachment's exact name, upper and lower case alike. */
  readonly fileName?: string | undefined;
  readonly correlationId?: string | undefined;
  /** With or without angle brackets. */
  readonly messageId?: string | undefined;
}

/** The mails received. */
export interface MailStore {
  /** Keeps a mail; when this returns, it is a file. Gives its id, by which mails sort in the order they came. */
  add(raw: Buffer): string;
  /** Lists mails, newest first. */
  list(filter: MailFilter, request: PageRequest): Promise<Page<MailSummary>>;
  /** Sums one mail up; undefined where there is none of that id. */
  summary(id: string): Promise<MailSummary | undefined>;
  /** One mail's exact bytes; undefined where there is none of that id. */
  raw(id: string): Promise<Buffer | undefined>;
  /** Forgets all mails and removes their files. */
  clear(): Promise<void>;
}

const idPattern = /^([0-9]{13})-([0-9]{8})-[0-9a-f]{8}$/;
const readAtOnce = 32;

/**
 * Opens the folder, which is made where it is missing; mails from earlier runs are listed again.
 * @param dir the folder
 * @param mailsMax how many mails are kept; older ones go, a few at a time
 */
export function openMailStore(dir: string, mailsMax: number): MailStore {
  mkdirSync(dir, { recursive: true });
  return new FolderOfMails(dir, mailsMax);
}

class FolderOfMails implements MailStore {
  #dir: string;
  #mailsMax: number;
  // Oldest first; a mail is summed up when first asked for.
  #ids: string[];
  #summaries = new Map<string, MailSummary>();
  #known: Set<string>;
  #count = 0;

  constructor(dir: string, mailsMax: number) {
    this.#dir = dir;
    this.#mailsMax = mailsMax;
    const names = readdirSync(dir);
    for (const name of names) if (name.endsWith('.part')) rmSync(join(dir, name), { force: true });
    this.#ids = names.filter((name) => name.endsWith('.eml')).map((name) => name.slice(0, -'.eml'.length));
    this.#ids = this.#ids.filter((id) => idPattern.test(id)).sort();
    this.#known = new Set(this.#ids);
  }

  // Synchronous on purpose: two short calls into the page cache cost a third of what the thread pool would.
  add(raw: Buffer): string {
    this.#count += 1;
    const counter = String(this.#count).padStart(8, '0');
    const id = `${String(Date.now()).padStart(13, '0')}-${counter}-${randomBytes(4).toString('hex')}`;
    const part = join(this.#dir, `${id}.part`);
    writeFileSync(part, raw);
    renameSync(part, this.#pathOf(id));
    this.#ids.push(id);
    this.#known.add(id);
    this.#dropOldest();
    return id;
  }

  async list(filter: MailFilter, request: PageRequest): Promise<Page<MailSummary>> {
    const newestFirst = this.#ids.toReversed();
    if (Object.values(filter).every((wanted) => wanted === undefined)) {
      const page = toPage(newestFirst, request);
      return { ...page, content: await this.#summaryOfAll(page.content) };
    }
    const all = await this.#summaryOfAll(newestFirst);
    return toPage(
      all.filter((mail) => matches(mail, filter)),
      request,
    );
  }

  async summary(id: string): Promise<MailSummary | undefined> {
    const known = this.#summaries.get(id);
    if (known !== undefined) return known;
    const raw = await this.raw(id);
    if (raw === undefined) return undefined;
    const summary = await summarise(id, receivedAt(id), raw);
    if (this.#known.has(id)) this.#summaries.set(id, summary);
    return summary;
  }

  async raw(id: string): Promise<Buffer | undefined> {
    // Only ids that were listed ever reach the file system.
    if (!this.#known.has(id)) return undefined;
    try {
      return await readFile(this.#pathOf(id));
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    }
  }

  async clear(): Promise<void> {
    await this.#remove(this.#ids.splice(0));
  }

  async #summaryOfAll(ids: readonly string[]): Promise<MailSummary[]> {
    const found: MailSummary[] = [];
    for (let from = 0; from < ids.length; from += readAtOnce) {
      const some = await Promise.all(ids.slice(from, from + readAtOnce).map((id) => this.summary(id)));
      for (const summary of some) if (summary !== undefined) found.push(summary);
    }
    return found;
  }

  #dropOldest(): void {
    // A little more than asked is kept for a while, so that not every mail pays for a removal.
    const slack = Math.floor(this.#mailsMax / 100);
    const surplus = this.#ids.length - this.#mailsMax;
    if (surplus <= slack) return;
    void this.#remove(this.#ids.splice(0, surplus));
  }

  async #remove(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      this.#known.delete(id);
      this.#summaries.delete(id);
    }
    await Promise.all(ids.map((id) => rm(this.#pathOf(id), { force: true })));
  }

  #pathOf(id: string): string {
    return join(this.#dir, `${id}.eml`);
  }
}

function receivedAt(id: string): Date {
  return new Date(Number(idPattern.exec(id)?.[1] ?? 0));
}

function matches(mail: MailSummary, filter: MailFilter): boolean {
  const { fileName, correlationId, messageId } = filter;
  if (correlationId !== undefined && mail.correlationId !== correlationId) return false;
  if (messageId !== undefined && bare(mail.messageId) !== bare(messageId)) return false;
  if (fileName === undefined) return true;
  return mail.attachments.some(({ name }) => name.toLowerCase() === fileName.toLowerCase());
}

function bare(messageId: string): string {
  return messageId.replace(/^<|>$/g, '');
}
