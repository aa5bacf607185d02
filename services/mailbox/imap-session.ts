// mailbox: one signed-in connection to an IMAP server with its folder open; whatever breaks it ends it with a reason.
import { setTimeout as sleep } from 'node:timers/promises';
import { ImapFlow, type FetchMessageObject } from 'imapflow';
import type { ImapUrl } from './imap-url.ts';

/** Why a session ended or did not begin: the server cannot be reached, refuses the login, or has no such folder. */
export type ImapTroubleKind = 'away' | 'login' | 'folder';

/** A trouble with the IMAP server; its message never holds the password. */
export class ImapTrouble extends Error {
  readonly kind: ImapTroubleKind;

  /**
   * @param kind what kind of trouble
   * @param message the server's or the system's words
   * @param cause the error underneath
   */
  constructor(kind: ImapTroubleKind, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'ImapTrouble';
    this.kind = kind;
  }
}

/** A mail as the server gave it. */
export interface FetchedMail {
  readonly uid: number;
  /** In bytes: of `bytes`, or as the server says where the mail is over the limit. */
  readonly size: number;
  readonly receivedAt: Date | undefined;
  /** The exact bytes; absent where the mail is over the limit. */
  readonly bytes: Buffer | undefined;
  /** Its beginning, where it is over the limit. */
  readonly head: Buffer | undefined;
}

/** How full a mailbox is, in bytes. */
export interface Quota {
  readonly used: number;
  readonly limit: number;
}

/** How a session is opened. */
export interface ImapOptions {
  readonly url: ImapUrl;
  readonly folder: string;
  readonly bytesMax: number;
  readonly timeoutMs: number;
  /** Whether mails may be deleted; else the folder is opened so that nothing can be changed. */
  readonly canRemove: boolean;
  /** Ends the session at once. */
  readonly signal: AbortSignal;
}

/** A folder that is open; each call throws ImapTrouble once the connection is gone. */
export interface ImapSession {
  readonly uidvalidity: number;
  /**
   * Lists the UIDs behind one, the smallest first.
   * @param last the last UID that is here already
   * @param since the first day, if any; older mails are left out
   */
  uidsAfter(last: number, since: Date | undefined): Promise<number[]>;
  /**
   * Says how large mails are, as the server counts.
   * @param uids in any order; those that are gone are left out
   */
  sizes(uids: readonly number[]): Promise<Map<number, number>>;
  /**
   * Fetches mails without marking them as read, all in one answer: keep them few or small.
   * @param sizes UID → size as the server counts
   * @returns those that are there, by their UIDs
   */
  fetch(sizes: ReadonlyMap<number, number>): Promise<Map<number, FetchedMail>>;
  /** Resolves when the server tells of something new, after `ms`, or when the connection is gone. */
  waitForNews(ms: number): Promise<void>;
  /** How full it is; undefined where the server does not say. */
  quota(): Promise<Quota | undefined>;
  /** Deletes mails from the server; false where it does not let us. */
  remove(uids: readonly number[]): Promise<boolean>;
  close(): Promise<void>;
}

interface ImapError {
  readonly message?: string;
  readonly code?: string;
  readonly authenticationFailed?: boolean;
  readonly serverResponseCode?: string;
  readonly responseText?: string;
}

const headBytesMax = 256 * 1024;
const logoutMs = 1000;
const graceMs = 20;
/** A server that ends an idling sooner does not really do it; then the polls do. */
const idleMsMin = 100;
/** An answer that only goes on must end one day: after so many times the silence that is waited for, and what its bytes take at this pace. */
const patience = 10;
const bytesPerMs = 8;
const temporary = new Set(['UNAVAILABLE', 'INUSE', 'LIMIT', 'SERVERBUG']);

function wordsOf(error: unknown): string {
  const { responseText, message, code } = error as ImapError;
  return (
    responseText ?? ([code, message].filter((word) => word !== undefined && word !== '').join(': ') || String(error))
  );
}

function isOfLogin(error: unknown): boolean {
  return (error as ImapError).authenticationFailed === true;
}

function troubleOf(error: unknown, kind: ImapTroubleKind = 'away'): ImapTrouble {
  if (error instanceof ImapTrouble) return error;
  // Servers say so of logins too that they cannot check at the moment (RFC 5530).
  const refused = isOfLogin(error) && !temporary.has((error as ImapError).serverResponseCode ?? '');
  return new ImapTrouble(refused ? 'login' : kind, wordsOf(error), error);
}

/** Some servers say a command that they refuse once more, with the password in it. */
function hushed(text: string, { user, password }: ImapUrl): string {
  const forms = [`\0${user}\0${password}`, password].map((secret) => Buffer.from(secret).toString('base64'));
  return [password, ...forms].reduce((left, secret) => left.replaceAll(secret, '***'), text);
}

/** Why a connection was not made, as people may see it. */
function notOpened(error: unknown, url: ImapUrl): ImapTrouble {
  const { kind, message } = troubleOf(error);
  const isPlain = message.includes('does not support STARTTLS');
  const advice = isPlain ? '; the password was not sent: write imaps://, or ?starttls=off to send it in the clear' : '';
  return new ImapTrouble(kind, `${hushed(message, url)}${advice}`);
}

function clientOf({ url, timeoutMs, bytesMax }: ImapOptions): ImapFlow {
  const { host, port, implicitTls, startTls, rejectUnauthorized, user, password } = url;
  return new ImapFlow({
    host,
    port,
    secure: implicitTls,
    ...(startTls !== 'auto' && !implicitTls && { doSTARTTLS: startTls === 'required' }),
    auth: { user, pass: password },
    tls: { rejectUnauthorized },
    clientInfo: { name: 'Staffetta' },
    logger: false,
    // The reader says when to idle.
    disableAutoIdle: true,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    // A whole mail is one literal; a server that announces more than was asked for is cut off.
    maxLiteralSize: bytesMax + headBytesMax,
    maxResponseSize: 2 * (bytesMax + headBytesMax),
  });
}

/** What happens on a connection outside of its commands. */
class Watch {
  readonly #client: ImapFlow;
  readonly #timeoutMs: number;
  readonly #gone = Promise.withResolvers<never>();
  #error: unknown;
  #news = false;
  #wake: (() => void) | undefined;

  constructor(client: ImapFlow, timeoutMs: number) {
    this.#client = client;
    this.#timeoutMs = timeoutMs;
    this.#gone.promise.catch(() => undefined);
    // Without a listener an error would end the process; the connection is closed right after it.
    client.on('error', (error: unknown) => {
      this.#error ??= error;
    });
    client.on('close', () => this.#close());
    client.on('exists', () => this.#tell());
  }

  /**
   * A command's result, or the trouble that ended the connection: not every command would notice. A server that shows signs of life and
   * never answers is no better than a silent one.
   */
  async outcome<T>(work: Promise<T>, kind?: ImapTroubleKind, bytes = 0): Promise<T> {
    const late = Promise.withResolvers<never>();
    const end = (): void => late.reject(new ImapTrouble('away', 'its answer does not come to an end'));
    const timer = setTimeout(end, patience * this.#timeoutMs + bytes / bytesPerMs);
    try {
      return await Promise.race([work, this.#goneAWhileAgo(), late.promise]);
    } catch (error) {
      work.catch(() => undefined);
      throw troubleOf(isOfLogin(error) ? error : (this.#error ?? error), this.#client.usable ? kind : undefined);
    } finally {
      clearTimeout(timer);
    }
  }

  /** The command itself may say better why, and does so at once if at all. */
  async #goneAWhileAgo(): Promise<never> {
    try {
      return await this.#gone.promise;
    } catch (error) {
      await sleep(graceMs);
      throw error;
    }
  }

  /** What was told so far is looked at now. */
  looked(): void {
    this.#news = false;
  }

  async news(ms: number): Promise<void> {
    if (this.#news || !this.#client.usable) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    this.#wake = resolve;
    void this.#idle();
    await promise;
    clearTimeout(timer);
    this.#wake = undefined;
  }

  /** Each idling ends with the next command, also with the library's own that asks a silent server for a sign of life. */
  async #idle(): Promise<void> {
    while (this.#wake && this.#client.usable) {
      const began = performance.now();
      const how = await this.#client.idle().catch(() => false);
      if (how === false || performance.now() - began < idleMsMin) return;
    }
  }

  #tell(): void {
    this.#news = true;
    this.#wake?.();
  }

  #close(): void {
    this.#gone.reject(troubleOf(this.#error ?? new Error('the server closed the connection')));
    this.#wake?.();
  }
}

class Session implements ImapSession {
  readonly uidvalidity: number;
  readonly #client: ImapFlow;
  readonly #watch: Watch;
  readonly #options: ImapOptions;

  constructor(client: ImapFlow, watch: Watch, options: ImapOptions, uidvalidity: number) {
    this.#client = client;
    this.#watch = watch;
    this.#options = options;
    this.uidvalidity = uidvalidity;
  }

  async uidsAfter(last: number, since: Date | undefined): Promise<number[]> {
    this.#watch.looked();
    const query = { uid: `${last + 1}:*`, ...(since && { since }) };
    const found = await this.#watch.outcome(this.#client.search(query, { uid: true }));
    if (found === undefined || found === false) throw new ImapTrouble('away', 'the server does not search its folder');
    // `n:*` always names the last mail, whatever its UID (RFC 9051 §9, seq-range).
    return found.filter((uid) => uid > last).toSorted((one, other) => one - other);
  }

  async sizes(uids: readonly number[]): Promise<Map<number, number>> {
    const facts = await this.#fetchAll(uids, { uid: true, size: true });
    const asked = new Set(uids);
    return new Map(facts.flatMap(({ uid, size = 0 }) => (asked.has(uid) ? [[uid, size] as const] : [])));
  }

  async fetch(sizes: ReadonlyMap<number, number>): Promise<Map<number, FetchedMail>> {
    const { bytesMax } = this.#options;
    // Not all servers count right, so that the bytes decide: one more than the limit tells.
    const small = [...sizes].filter(([, size]) => size <= bytesMax).map(([uid]) => uid);
    const large = [...sizes].filter(([, size]) => size > bytesMax).map(([uid]) => uid);
    const bytes = small.reduce((sum, uid) => sum + (sizes.get(uid) ?? 0), 0);
    const upTo = (maxLength: number) => ({ uid: true, internalDate: true, source: { start: 0, maxLength } });
    const mails = [
      ...(await this.#fetchAll(small, upTo(bytesMax + 1), bytes)),
      ...(await this.#fetchAll(large, upTo(headBytesMax), headBytesMax * large.length)),
    ];
    return new Map(
      mails.flatMap((mail) => {
        const size = sizes.get(mail.uid);
        // An answer without the message's text is none: it comes again.
        return size === undefined || mail.source === undefined
          ? []
          : [[mail.uid, fetchedOf(mail, size, bytesMax)] as const];
      }),
    );
  }

  async #fetchAll(
    uids: readonly number[],
    query: Parameters<ImapFlow['fetchAll']>[1],
    bytes = 0,
  ): Promise<readonly FetchMessageObject[]> {
    if (uids.length === 0) return [];
    return this.#watch.outcome(this.#client.fetchAll([...uids], query, { uid: true }), undefined, bytes);
  }

  async waitForNews(ms: number): Promise<void> {
    await this.#watch.news(ms);
  }

  async quota(): Promise<Quota | undefined> {
    const found = await this.#watch.outcome(this.#client.getQuota(this.#options.folder));
    const { usage, limit } = (found || undefined)?.storage ?? {};
    return usage === undefined || limit === undefined || limit === 0 ? undefined : { used: usage, limit };
  }

  async remove(uids: readonly number[]): Promise<boolean> {
    return this.#watch.outcome(this.#client.messageDelete([...uids], { uid: true }));
  }

  async close(): Promise<void> {
    const timer = setTimeout(() => this.#client.close(), logoutMs);
    await this.#client.logout().catch(() => undefined);
    clearTimeout(timer);
    this.#client.close();
  }
}

function fetchedOf({ uid, internalDate, source }: FetchMessageObject, says: number, bytesMax: number): FetchedMail {
  const bytes = source ?? Buffer.alloc(0);
  const whole = says <= bytesMax && bytes.length <= bytesMax;
  return {
    uid,
    size: whole ? bytes.length : Math.max(says, bytes.length),
    receivedAt: dateOf(internalDate),
    bytes: whole ? bytes : undefined,
    head: whole ? undefined : bytes.subarray(0, headBytesMax),
  };
}

function dateOf(date: Date | string | undefined): Date | undefined {
  const read = date === undefined ? undefined : new Date(date);
  return read && !Number.isNaN(read.getTime()) ? read : undefined;
}

/**
 * Connects, signs in and opens the folder. Mails are never marked as read.
 * @param options where, and how far
 * @throws ImapTrouble
 */
export async function openImap(options: ImapOptions): Promise<ImapSession> {
  const { folder, canRemove, signal } = options;
  const client = clientOf(options);
  const watch = new Watch(client, options.timeoutMs);
  const cut = (): void => client.close();
  signal.addEventListener('abort', cut, { once: true });
  client.once('close', () => signal.removeEventListener('abort', cut));
  try {
    if (signal.aborted) throw new ImapTrouble('away', 'the reading stops');
    await watch.outcome(client.connect());
    const opened = await watch.outcome(client.mailboxOpen(folder, { readOnly: !canRemove }), 'folder');
    const uidvalidity = Number(opened.uidValidity);
    if (!Number.isSafeInteger(uidvalidity)) throw new ImapTrouble('folder', 'the server gives no UIDVALIDITY');
    return new Session(client, watch, options, uidvalidity);
  } catch (error) {
    client.close();
    throw notOpened(error, options.url);
  }
}
