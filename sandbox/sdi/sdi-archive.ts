// sandbox: SdI's archive: every file, what was decided, what is to be answered and what was; a file of lines that only grows.
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileStem } from '@staffetta/fatturapa/notices/notice-name.ts';
import { openLineFile, type LineFile } from '../line-file.ts';
import type { BuyersAnswerRecord, SdiAnswer, SdiFile, SdiLine, SdiRule, SdiTimes } from './sdi-records.ts';

/** What SdI remembers. It is changed only by `record`, line by line. */
export interface SdiArchive {
  /** Adds a line; when this resolves it is in the file. */
  record(line: SdiLine): Promise<void>;
  /** Keeps a file's bytes under its id; they are in the folder when this resolves. */
  keepBytes(sdiId: string, bytes: Uint8Array): Promise<void>;
  /** A file's exact bytes. */
  bytesOf(sdiId: string): Promise<Buffer>;
  /** Whether a file of a mail was taken before. */
  hasTaken(takeId: string): boolean;
  /** Whether a file of that name came before, whatever its case and extension. */
  hasName(name: string): boolean;
  /** Whether a file of that content was let through before. */
  hasHash(hash: string): boolean;
  /** Whether an invoice was let through before. */
  hasInvoice(key: string): boolean;
  /** All files, in the order they came. */
  files(): readonly SdiFile[];
  file(sdiId: string): SdiFile | undefined;
  /** The file that SdI brought to a mailbox under a name. */
  deliveredAs(name: string): SdiFile | undefined;
  /** A file's notices in the order they are due. */
  answersOf(sdiId: string): readonly SdiAnswer[];
  /** When a notice went out; undefined where it did not. */
  sentAt(answerId: string): string | undefined;
  isCancelled(answerId: string): boolean;
  buyersAnswers(): readonly BuyersAnswerRecord[];
  rules(): readonly SdiRule[];
  /** What was told of how long things take. */
  times(): Partial<SdiTimes>;
  /** The ids that notices are about. */
  answeredIds(): readonly string[];
  /** The highest number that a file has, 0 where there is none. */
  highestId(): number;
  close(): Promise<void>;
}

const readBackBytesMax = 256 * 1024 * 1024;

/**
 * Opens the archive; what an earlier run kept is there again.
 * @param dir its folder, made where it is missing. Of a very long archive (some 200,000 files) only the end is read back
 */
export async function openSdiArchive(dir: string): Promise<SdiArchive> {
  await mkdir(join(dir, 'files'), { recursive: true });
  const { file, values } = await openLineFile(join(dir, 'sdi.ndjson'), readBackBytesMax);
  const archive = new Archive(dir, file);
  for (const value of values) if (isLine(value)) archive.apply(value);
  return archive;
}

function isLine(value: unknown): value is SdiLine {
  return typeof value === 'object' && value !== null && 'type' in value;
}

function nameKey(name: string): string {
  return fileStem(name);
}

class Archive implements SdiArchive {
  readonly #dir: string;
  readonly #lines: LineFile;
  readonly #takes = new Set<string>();
  readonly #files = new Map<string, SdiFile>();
  readonly #names = new Set<string>();
  readonly #deliveredNames = new Map<string, string>();
  readonly #hashes = new Set<string>();
  readonly #invoices = new Set<string>();
  readonly #answers = new Map<string, SdiAnswer[]>();
  readonly #sent = new Map<string, string>();
  /** Answers of public bodies that refuse and are still to be sent, by their ids. */
  readonly #refusals = new Map<string, SdiAnswer>();
  /** What they refused, by file and number. */
  readonly #freed = new Set<string>();
  readonly #cancelled = new Set<string>();
  readonly #buyersAnswers: BuyersAnswerRecord[] = [];
  #rules: readonly SdiRule[] = [];
  #times: Partial<SdiTimes> = {};
  #highestId = 0;

  constructor(dir: string, lines: LineFile) {
    this.#dir = dir;
    this.#lines = lines;
  }

  async record(line: SdiLine): Promise<void> {
    await this.#lines.append(line);
    this.apply(line);
  }

  apply(line: SdiLine): void {
    if (line.type === 'sent') this.#applySent(line);
    else if (line.type === 'rules') this.#rules = line.rules;
    else if (line.type === 'times') this.#times = line.times;
    else if (line.type === 'answered') this.#applyAnswered(line);
    else {
      if (line.type === 'taken') this.#takes.add(line.takeId);
      if (line.type === 'taken') this.#useUp(line.rules);
      for (const file of line.files) this.#addFile(file);
      this.#addAnswers(line.answers);
    }
  }

  async keepBytes(sdiId: string, bytes: Uint8Array): Promise<void> {
    const path = this.#pathOf(sdiId);
    await writeFile(`${path}.part`, bytes);
    await rename(`${path}.part`, path);
  }

  bytesOf(sdiId: string): Promise<Buffer> {
    return readFile(this.#pathOf(sdiId));
  }

  hasTaken(takeId: string): boolean {
    return this.#takes.has(takeId);
  }

  hasName(name: string): boolean {
    return this.#names.has(nameKey(name));
  }

  hasHash(hash: string): boolean {
    return this.#hashes.has(hash);
  }

  hasInvoice(key: string): boolean {
    return this.#invoices.has(key);
  }

  files(): readonly SdiFile[] {
    return [...this.#files.values()];
  }

  file(sdiId: string): SdiFile | undefined {
    return this.#files.get(sdiId);
  }

  deliveredAs(name: string): SdiFile | undefined {
    return this.#files.get(this.#deliveredNames.get(nameKey(name)) ?? '');
  }

  answersOf(sdiId: string): readonly SdiAnswer[] {
    return this.#answers.get(sdiId) ?? [];
  }

  sentAt(answerId: string): string | undefined {
    return this.#sent.get(answerId);
  }

  isCancelled(answerId: string): boolean {
    return this.#cancelled.has(answerId);
  }

  buyersAnswers(): readonly BuyersAnswerRecord[] {
    return this.#buyersAnswers;
  }

  rules(): readonly SdiRule[] {
    return this.#rules;
  }

  times(): Partial<SdiTimes> {
    return this.#times;
  }

  answeredIds(): readonly string[] {
    return [...this.#answers.keys()];
  }

  highestId(): number {
    return this.#highestId;
  }

  close(): Promise<void> {
    return this.#lines.close();
  }

  #applySent({ id, at }: SdiLine & { type: 'sent' }): void {
    this.#sent.set(id, at);
    const answer = this.#refusals.get(id);
    if (!answer) return;
    this.#refusals.delete(id);
    this.#freeNumbers(answer);
  }

  /** What a public body refused may come again, corrected, under the same number. */
  #freeNumbers({ sdiId, position }: SdiAnswer): void {
    const bodies = this.#files.get(sdiId)?.bodies ?? [];
    const refused = position === undefined ? bodies : bodies.slice(position - 1, position);
    for (const { key } of refused) {
      const once = `${sdiId} ${key}`;
      // Told twice it must not free the number of the corrected one.
      if (!this.#freed.has(once)) this.#invoices.delete(key);
      this.#freed.add(once);
    }
  }

  #applyAnswered({ takeId, answer, answers, cancelled }: SdiLine & { type: 'answered' }): void {
    this.#takes.add(takeId);
    this.#buyersAnswers.push(answer);
    this.#addAnswers(answers);
    for (const id of cancelled) this.#cancelled.add(id);
  }

  #addFile(file: SdiFile): void {
    this.#files.set(file.sdiId, file);
    this.#highestId = Math.max(this.#highestId, Number(file.sdiId), Number(file.archive?.sdiId ?? 0));
    if (file.way === 'delivered') {
      this.#deliveredNames.set(nameKey(file.name), file.sdiId);
      return;
    }
    this.#names.add(nameKey(file.name));
    if (file.archive) this.#names.add(nameKey(file.archive.name));
    // What was discarded counts as never issued: its content and its numbers may come again, its name may not.
    if (file.errors.length > 0) return;
    this.#hashes.add(file.hash);
    for (const { key } of file.bodies) this.#invoices.add(key);
  }

  #addAnswers(answers: readonly SdiAnswer[]): void {
    for (const answer of answers) {
      const all = this.#answers.get(answer.sdiId) ?? [];
      all.push(answer);
      if (answer.esito === 'EC02') this.#refusals.set(answer.id, answer);
      all.sort((one, other) => (one.dueAt < other.dueAt ? -1 : one.dueAt > other.dueAt ? 1 : 0));
      this.#answers.set(answer.sdiId, all);
    }
  }

  #useUp(ids: readonly number[]): void {
    if (ids.length === 0) return;
    const left = this.#rules.map((rule) => {
      const uses = ids.filter((id) => id === rule.id).length;
      return rule.count === undefined ? rule : { ...rule, count: rule.count - uses };
    });
    this.#rules = left.filter(({ count }) => count === undefined || count > 0);
  }

  #pathOf(sdiId: string): string {
    // Ids are our own digits, never a stranger's text.
    return join(this.#dir, 'files', sdiId);
  }
}
