// sandbox: one mailbox: mails as files whose names tell UID, time and flags, so that a flag costs one rename.
import { hash, randomBytes } from 'node:crypto';
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The flags of RFC 3501 §2.3.2 that are kept, as letters: answered, flagged, deleted, seen, draft. */
export type Flags = string;

/** A mail in a mailbox. */
export interface BoxedMail {
  readonly uid: number;
  readonly bytes: number;
  /** When it came, UTC. */
  readonly at: Date;
  readonly flags: Flags;
}

/** A mail to be put in. */
export interface MailToBox {
  readonly raw: Buffer;
  readonly id: string;
  readonly at: Date;
  readonly flags: Flags;
}

/** What befell a mailbox: mails came or went, flags changed, or all UIDs are others now. */
export type BoxEvent = 'changed' | 'renumbered';

/** One mailbox. */
export interface MailBox {
  readonly address: string;
  readonly uidValidity: number;
  readonly uidNext: number;
  /** Told to be full: nothing more goes in. */
  full: boolean;
  /** Bytes of all mails. */
  readonly bytes: number;
  /** All mails by ascending UID. */
  mails(): readonly BoxedMail[];
  /** One mail; undefined where it is gone. */
  mail(uid: number): BoxedMail | undefined;
  /** Puts a mail in and gives its UID; see `MailBoxes.append`. */
  append(mail: MailToBox): number;
  /** One mail's exact bytes; undefined where it is gone. */
  raw(uid: number): Promise<Buffer | undefined>;
  setFlags(uid: number, flags: Flags): void;
  remove(uids: readonly number[]): void;
  /** Gives every mail another UID under another UIDVALIDITY, as a server does that was restored from a copy. */
  renumber(): void;
  /** Tells a listener of events until the function that comes back is called. */
  watch(listener: (event: BoxEvent) => void): () => void;
}

/** A mailbox takes nothing more. */
export class MailBoxFull extends Error {
  /** @param address whose mailbox */
  constructor(address: string) {
    super(`the mailbox ${address} is full`);
    this.name = 'MailBoxFull';
  }
}

interface Kept extends BoxedMail {
  readonly fileUid: number;
  /** Since when this run knows it, by the machine's clock in milliseconds. */
  readonly sinceMs: number;
  readonly idHash: string;
}

interface Numbers {
  readonly uidValidity: number;
  /** The least UID (of the files) that the next mail may have. */
  readonly nextFileUid: number;
  /** What is added to a file's UID to give the one that is shown. */
  readonly added: number;
}

// Ten digits of UID, the hash of the mail's id, milliseconds since 1970 (13 digits until 2286), flags.
const nameForm = /^(\d{10})-([0-9a-f]{32})-(\d{13,16})-([afdst]*)\.eml$/;
// After a renumbering UIDs lie this far off; after the next one they are the old ones again, under a new UIDVALIDITY.
const renumberStep = 1000;
// So many mails that were removed are remembered, so that none comes back by a repetition.
const goneMax = 20_000;

/** What is kept of a mailbox. */
export interface Keeping {
  /** How many mails are kept; older ones go. */
  readonly mailsMax: number;
  /** For how many milliseconds a mail stays all the same, so that a flood pushes out none that nobody had the time to read; 0 by default. */
  readonly staysMs?: number;
}

/**
 * Opens a mailbox; its folder is made where it is missing.
 * @param dir its folder
 * @param address whose it is
 * @param keeping how many mails are kept
 */
export function openMailBox(dir: string, address: string, keeping: Keeping): MailBox {
  mkdirSync(dir, { recursive: true });
  return new FolderBox(dir, address, keeping);
}

class FolderBox implements MailBox {
  readonly address: string;
  full = false;
  bytes = 0;
  readonly #dir: string;
  readonly #keeping: Keeping;
  // Ascending, as a Map keeps the order in which mails came in.
  readonly #mails = new Map<number, Kept>();
  readonly #uids = new Map<string, number>();
  readonly #listeners = new Set<(event: BoxEvent) => void>();
  #numbers: Numbers;

  constructor(dir: string, address: string, keeping: Keeping) {
    this.#dir = dir;
    this.address = address;
    this.#keeping = keeping;
    for (const [idHash, fileUid] of this.#readGone()) this.#uids.set(idHash, fileUid);
    const names = readdirSync(dir).sort();
    for (const name of names) if (name.endsWith('.part')) rmSync(join(dir, name), { force: true });
    const found = names.flatMap((name) => this.#keptOf(name));
    const last = found.at(-1)?.fileUid ?? 0;
    this.#numbers = this.#readNumbers(last + 1);
    for (const mail of found) this.#keep(mail);
  }

  get uidValidity(): number {
    return this.#numbers.uidValidity;
  }

  get uidNext(): number {
    return this.#shown(this.#numbers.nextFileUid);
  }

  mails(): readonly BoxedMail[] {
    return [...this.#mails.values()].map(({ fileUid, bytes, at, flags }) => {
      return { uid: this.#shown(fileUid), bytes, at, flags };
    });
  }

  mail(uid: number): BoxedMail | undefined {
    const kept = this.#mails.get(this.#fileUid(uid));
    return kept && { uid, bytes: kept.bytes, at: kept.at, flags: kept.flags };
  }

  // Synchronous on purpose, as the mail store is: two short calls into the page cache.
  append({ raw, id, at, flags }: MailToBox): number {
    const idHash = hash('sha256', id, 'hex').slice(0, 32);
    const known = this.#uids.get(idHash);
    if (known !== undefined) return this.#shown(known);
    if (this.full) throw new MailBoxFull(this.address);
    const fileUid = this.#numbers.nextFileUid;
    const mail: Kept = { fileUid, uid: fileUid, idHash, at, flags, bytes: raw.length, sinceMs: Date.now() };
    const part = join(this.#dir, `${randomBytes(8).toString('hex')}.part`);
    writeFileSync(part, raw);
    renameSync(part, this.#pathOf(mail));
    this.#numbers = { ...this.#numbers, nextFileUid: fileUid + 1 };
    this.#keep(mail);
    this.#dropOldest();
    this.#tell('changed');
    return this.#shown(fileUid);
  }

  async raw(uid: number): Promise<Buffer | undefined> {
    const mail = this.#mails.get(this.#fileUid(uid));
    if (mail === undefined) return undefined;
    try {
      return await readFile(this.#pathOf(mail));
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
      // Its flags changed between the look and the reading, and with them its name; or it is gone.
      const now = this.#mails.get(this.#fileUid(uid));
      return now === undefined || now === mail ? undefined : this.raw(uid);
    }
  }

  setFlags(uid: number, flags: Flags): void {
    const mail = this.#mails.get(this.#fileUid(uid));
    const sorted = [...new Set(flags)].sort().join('');
    if (mail === undefined || mail.flags === sorted) return;
    const changed = { ...mail, flags: sorted };
    renameSync(this.#pathOf(mail), this.#pathOf(changed));
    this.#mails.set(mail.fileUid, changed);
    this.#tell('changed');
  }

  remove(uids: readonly number[]): void {
    const mails = uids.flatMap((uid) => this.#mails.get(this.#fileUid(uid)) ?? []);
    if (mails.length === 0) return;
    // First what must not be forgotten: the UIDs given so far, and that these mails were here.
    this.#writeNumbers();
    const lines = mails.map(({ idHash, fileUid }) => `${idHash} ${fileUid}\n`);
    appendFileSync(join(this.#dir, 'gone'), lines.join(''));
    for (const mail of mails) {
      rmSync(this.#pathOf(mail), { force: true });
      this.#mails.delete(mail.fileUid);
      this.bytes -= mail.bytes;
    }
    this.#tell('changed');
  }

  renumber(): void {
    const { uidValidity, added, nextFileUid } = this.#numbers;
    const validity = Math.max(uidValidity + 1, Math.floor(Date.now() / 1000));
    this.#numbers = { uidValidity: validity, nextFileUid, added: added === 0 ? renumberStep : 0 };
    this.#writeNumbers();
    this.#tell('renumbered');
  }

  watch(listener: (event: BoxEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #shown(fileUid: number): number {
    return fileUid + this.#numbers.added;
  }

  #fileUid(uid: number): number {
    return uid - this.#numbers.added;
  }

  #tell(event: BoxEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  #keep(mail: Kept): void {
    this.#mails.set(mail.fileUid, mail);
    this.#uids.set(mail.idHash, mail.fileUid);
    this.bytes += mail.bytes;
  }

  #keptOf(name: string): Kept[] {
    const [, uid, idHash = '', at, flags = ''] = nameForm.exec(name) ?? [];
    if (uid === undefined) return [];
    const fileUid = Number(uid);
    const bytes = statSync(join(this.#dir, name)).size;
    return [{ fileUid, uid: fileUid, idHash, at: new Date(Number(at)), flags, bytes, sinceMs: Date.now() }];
  }

  #pathOf({ fileUid, idHash, at, flags }: Kept): string {
    const uid = String(fileUid).padStart(10, '0');
    const ms = String(Math.max(0, at.getTime())).padStart(13, '0');
    return join(this.#dir, `${uid}-${idHash}-${ms}-${flags}.eml`);
  }

  #dropOldest(): void {
    const { mailsMax, staysMs = 0 } = this.#keeping;
    const surplus = this.#mails.size - mailsMax;
    // A few at a time, so that not every mail pays for a removal.
    const few = Math.floor(mailsMax / 100);
    if (surplus <= few) return;
    const until = Date.now() - staysMs;
    const old: number[] = [];
    for (const { fileUid, sinceMs } of this.#mails.values()) {
      if (old.length === surplus || sinceMs > until) break;
      old.push(this.#shown(fileUid));
    }
    if (old.length > few) this.remove(old);
  }

  #readGone(): [string, number][] {
    const path = join(this.#dir, 'gone');
    const lines = readIfThere(path)
      .split('\n')
      .filter((line) => /^[0-9a-f]{32} \d+$/.test(line));
    const kept = lines.slice(-goneMax);
    if (kept.length < lines.length) writeWhole(path, `${kept.join('\n')}\n`);
    return kept.map((line) => [line.slice(0, 32), Number(line.slice(33))]);
  }

  #readNumbers(afterLast: number): Numbers {
    const [, validity, next, added] = /^(\d+) (\d+) (\d+)\n$/.exec(readIfThere(join(this.#dir, 'numbers'))) ?? [];
    const nextFileUid = Math.max(afterLast, Number(next ?? 1));
    if (validity !== undefined) return { uidValidity: Number(validity), nextFileUid, added: Number(added) };
    const numbers = { uidValidity: Math.floor(Date.now() / 1000), nextFileUid, added: 0 };
    this.#numbers = numbers;
    this.#writeNumbers();
    return numbers;
  }

  #writeNumbers(): void {
    const { uidValidity, nextFileUid, added } = this.#numbers;
    writeWhole(join(this.#dir, 'numbers'), `${uidValidity} ${nextFileUid} ${added}\n`);
  }
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}

function writeWhole(path: string, text: string): void {
  writeFileSync(`${path}.part`, text);
  renameSync(`${path}.part`, path);
}
