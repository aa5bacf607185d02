// sandbox: the exchange system (SdI) in small: it takes files, judges them with its own eyes and answers as SdI does.
import { join } from 'node:path';
import { mkdir } from 'node:fs/promises';
import { schemaOfKind } from '@staffetta/fatturapa/notices/notice-schemas.ts';
import type { SigningKey } from '@staffetta/fatturapa/signature/signing-key.ts';
import type { Clock } from '@staffetta/platform/clock.ts';
import { isMailboxAddress } from '../pec/mail-boxes.ts';
import type { SandboxLog } from '../sandbox-log.ts';
import { bringInvoice, type InvoiceToBring } from './bring-invoice.ts';
import { isBuyersAnswer, judgeBuyersAnswer } from './buyers-answer.ts';
import { deadlinesAfter, type DeadlineChange } from './buyers-deadlines.ts';
import { answerId, decideArrival } from './decide-arrival.ts';
import { errorOf } from './judge-file.ts';
import { openSdiArchive, type SdiArchive } from './sdi-archive.ts';
import { openSdiKey } from './sdi-key.ts';
import { safeName } from './safe-name.ts';
import type { ArrivedFile, SdiPost } from './sdi-mail.ts';
import { readOutcome } from './sdi-outcome.ts';
import type { BuyersAnswerRecord, SdiAnswer, SdiFile, SdiRule, SdiTimes } from './sdi-records.ts';
import { SdiSchedule } from './sdi-schedule.ts';
import { writeAnswer } from './write-answer.ts';

/** What SdI needs. */
export interface SdiOptions {
  /** The sandbox's folder; SdI keeps its things in `sdi` below it. */
  readonly dir: string;
  /** Brings SdI's mails to their mailboxes. */
  readonly post: SdiPost;
  /** Everything that SdI does waits for this clock, which may jump. */
  readonly clock: Clock;
  readonly log: SandboxLog;
  /** How long things take, until somebody tells otherwise; 1 to 2 seconds, and 5 for a public body, by default. */
  readonly times?: Partial<SdiTimes>;
}

/** A notice that somebody wants sent now. */
export interface WishedNotice {
  readonly sdiId: string;
  readonly kind: SdiAnswer['kind'];
  /** Of NS. */
  readonly codes?: readonly string[];
  /** Of NE. */
  readonly esito?: 'EC01' | 'EC02';
  readonly reason?: string;
  /** Of SE. */
  readonly rejection?: 'EN00' | 'EN01';
  /** The invoice of the lot, from 1. */
  readonly position?: number;
}

/** A wish that cannot be fulfilled; the message says why. */
export class SdiWishError extends Error {}

/** SdI, at work. */
export interface Sdi {
  /** Takes a file that reached SdI's mailbox; it is durable when this resolves, and the same id twice changes nothing. */
  take(file: ArrivedFile): Promise<void>;
  /** Brings an invoice to a mailbox, as of a supplier who is somebody else's customer; SdiWishError for what is no address. */
  bring(invoice: InvoiceToBring): Promise<SdiFile>;
  /** Sends a notice about a known file now; SdiWishError where the file is unknown or its family has no such notice. */
  notify(wish: WishedNotice): Promise<SdiAnswer>;
  /** Adds a rule; SdiWishError for what is no expression or no outcome. */
  addRule(rule: Omit<SdiRule, 'id'>): Promise<SdiRule>;
  clearRules(): Promise<void>;
  /** Tells how long things take from now on. */
  setTimes(times: Partial<SdiTimes>): Promise<void>;
  /** The certificate that its notices are signed with, in DER: whoever trusts it finds them genuine. */
  readonly certificate: Uint8Array;
  /** What SdI remembers; to be read only. */
  readonly archive: Omit<SdiArchive, 'record' | 'keepBytes' | 'close'>;
  /** Sends nothing more and closes the archive; what is due goes out after the next start. */
  stop(): Promise<void>;
}

/** The mailbox that SdI answers from, and that it wants to be written to from then on. */
const ownAddress = 'sdi48@pec.fatturapa.it';
const timesByDefault = { from: 1000, spread: 1000, body: 5000 } as const;
/** Numbers begin at the seconds since then, so that a sandbox that begins anew gives none twice. */
const idsFromMs = Date.UTC(2020, 0, 1);

/**
 * Starts SdI; what an earlier run owes is sent.
 * @param options where it keeps things, how it sends, what time it is
 */
export async function startSdi(options: SdiOptions): Promise<Sdi> {
  const dir = join(options.dir, 'sdi');
  await mkdir(dir, { recursive: true });
  const key = await openSdiKey(dir, options.clock.now());
  const office = new Office(options, await openSdiArchive(dir), key);
  office.start();
  return office;
}

class Office implements Sdi {
  readonly archive: SdiArchive;
  readonly #options: SdiOptions;
  readonly #key: SigningKey;
  readonly #schedule: SdiSchedule;
  #lastId: number;
  /** One change at a time: what is decided depends on what came before. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: SdiOptions, archive: SdiArchive, key: SigningKey) {
    this.#options = options;
    this.archive = archive;
    this.#key = key;
    const { clock, log } = options;
    this.#lastId = archive.highestId() || Math.floor((clock.now().getTime() - idsFromMs) / 1000);
    this.#schedule = new SdiSchedule({ archive, clock, log, send: (answer) => this.#send(answer) });
  }

  get certificate(): Uint8Array {
    return this.#key.certificate;
  }

  start(): void {
    this.#schedule.start();
  }

  take(file: ArrivedFile): Promise<void> {
    return this.#inTurn(async () => {
      if (this.archive.hasTaken(file.id)) return;
      await (isBuyersAnswer(file) ? this.#takeAnswer(file) : this.#takeFile(file));
    });
  }

  bring(invoice: InvoiceToBring): Promise<SdiFile> {
    return this.#inTurn(async () => {
      if (!isMailboxAddress(invoice.to)) throw new SdiWishError(`${safeName(invoice.to)} is no address of a mailbox.`);
      const { file, answers } = bringInvoice(invoice, this.#nextId(), this.#options.clock.now());
      await this.archive.keepBytes(file.sdiId, invoice.bytes);
      await this.archive.record({ type: 'planned', files: [file], answers });
      this.#schedule.look(file.sdiId);
      return file;
    });
  }

  notify(wish: WishedNotice): Promise<SdiAnswer> {
    return this.#inTurn(async () => {
      const answer = this.#answerWished(wish);
      await this.archive.record({ type: 'planned', files: [], answers: [answer] });
      this.#schedule.look(wish.sdiId);
      return answer;
    });
  }

  addRule(rule: Omit<SdiRule, 'id'>): Promise<SdiRule> {
    return this.#inTurn(async () => {
      insistOnRule(rule);
      const rules = this.archive.rules();
      const added = { ...rule, id: Math.max(0, ...rules.map(({ id }) => id)) + 1 };
      await this.archive.record({ type: 'rules', rules: [...rules, added] });
      return added;
    });
  }

  clearRules(): Promise<void> {
    return this.#inTurn(() => this.archive.record({ type: 'rules', rules: [] }));
  }

  setTimes(times: Partial<SdiTimes>): Promise<void> {
    return this.#inTurn(() => this.archive.record({ type: 'times', times: { ...this.archive.times(), ...times } }));
  }

  async stop(): Promise<void> {
    await this.#schedule.stop();
    await this.#inTurn(() => this.archive.close());
  }

  async #takeFile(file: ArrivedFile): Promise<void> {
    const parts = {
      archive: this.archive,
      nextId: () => this.#nextId(),
      timesOf: (sdiId: string) => this.#timesOf(sdiId),
    };
    const { line, bytes } = decideArrival(file, parts);
    for (const [sdiId, content] of bytes) await this.archive.keepBytes(sdiId, content);
    await this.archive.record(line);
    for (const { sdiId, name, decided } of line.files) {
      this.#options.log.info({ sdiId, name, decided }, 'sandbox.sdi.taken');
      this.#schedule.look(sdiId);
    }
  }

  async #takeAnswer(file: ArrivedFile): Promise<void> {
    const answer = judgeBuyersAnswer(file, this.archive);
    const refusal = answer.verdict === 'taken' ? undefined : this.#refusalOf(answer);
    const { cancelled, planned } = this.#deadlinesAfter(answer);
    const answers = refusal ? [refusal] : planned;
    await this.archive.record({ type: 'answered', takeId: file.id, answer, answers, cancelled });
    this.#options.log.info({ sdiId: answer.sdiId, verdict: answer.verdict }, 'sandbox.sdi.answer-taken');
    for (const { sdiId } of answers) this.#schedule.look(sdiId);
  }

  /** An answer about nothing that SdI knows is refused in the words that it came in. */
  #refusalOf(answer: BuyersAnswerRecord): SdiAnswer {
    const sdiId = answer.sdiId !== undefined && /^\d{1,12}$/.test(answer.sdiId) ? answer.sdiId : '0';
    const counter = this.#nextCounter(sdiId);
    const at = Date.parse(answer.at);
    const { number, year = '', position } = answer;
    const place = position === undefined ? {} : { position };
    const bodies = number === undefined ? [] : [{ number, year, key: '', ...place }];
    const about: SdiFile = {
      sdiId,
      way: 'delivered',
      name: this.archive.file(sdiId)?.name ?? answer.name.replace(/_EC_.*$/i, '.xml'),
      mailbox: answer.mailbox,
      at: answer.at,
      bytes: 0,
      hash: '',
      family: 'PA',
      bodies,
      errors: [],
      decided: '',
    };
    const due = new Date(at + this.#timesOf(sdiId).answerMs).toISOString();
    return {
      id: answerId(sdiId, counter),
      sdiId,
      kind: 'SE',
      counter,
      madeAt: due,
      dueAt: due,
      rejection: answer.verdict === 'EN01' ? 'EN01' : 'EN00',
      ...(bodies.length > 0 && { position: 1 }),
      ...(answer.buyersMessageId !== undefined && { buyersMessageId: answer.buyersMessageId }),
      about,
    };
  }

  #deadlinesAfter(answer: BuyersAnswerRecord): DeadlineChange {
    const file = this.archive.file(answer.sdiId ?? '');
    if (answer.verdict !== 'taken' || !file) return { cancelled: [], planned: [] };
    const taken = this.archive.buyersAnswers().filter((one) => one.verdict === 'taken' && one.sdiId === file.sdiId);
    const waiting = this.archive
      .answersOf(file.sdiId)
      .filter(
        ({ kind, id }) => kind === 'DT' && this.archive.sentAt(id) === undefined && !this.archive.isCancelled(id),
      );
    return deadlinesAfter(file, [...taken, answer], waiting, this.#nextCounter(file.sdiId));
  }

  #answerWished(wish: WishedNotice): SdiAnswer {
    const file = this.archive.file(wish.sdiId);
    if (!file) throw new SdiWishError(`SdI knows no file ${wish.sdiId}.`);
    if (wish.kind === 'EC' || (wish.kind !== 'SE' && !schemaOfKind(wish.kind, file.family))) {
      throw new SdiWishError(`SdI sends no ${wish.kind} about a file of family ${file.family}.`);
    }
    const counter = this.#nextCounter(wish.sdiId);
    const now = this.#options.clock.now().toISOString();
    const { codes, ...rest } = wish;
    const errors = codes ?? (file.errors.length === 0 && wish.kind === 'NS' ? ['00400'] : undefined);
    return {
      ...rest,
      id: answerId(wish.sdiId, counter),
      counter,
      madeAt: now,
      dueAt: now,
      ...(errors && { errors: errors.map(errorOf) }),
    };
  }

  async #send(answer: SdiAnswer): Promise<void> {
    const file = answer.about ?? this.archive.file(answer.sdiId);
    if (!file) throw new Error(`SdI has no file ${answer.sdiId}`);
    const bytes = (): Promise<Buffer> => this.archive.bytesOf(file.sdiId);
    const at = this.#options.clock.now();
    await this.#options.post.send(await writeAnswer(file, answer, bytes, this.#key, { from: ownAddress, at }));
  }

  #nextCounter(sdiId: string): number {
    return Math.max(0, ...this.archive.answersOf(sdiId).map(({ counter }) => counter)) + 1;
  }

  #nextId(): string {
    this.#lastId += 1;
    return String(this.#lastId);
  }

  /** Spread by the number, so that a day's files are not all answered at once. */
  #timesOf(sdiId: string): SdiTimes {
    const { from, spread, body } = timesByDefault;
    const usual = { answerMs: from + ((Number(sdiId) * 617) % spread), bodyAnswerMs: body };
    return { ...usual, ...this.#options.times, ...this.archive.times() };
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}

function insistOnRule({ match, outcome }: Omit<SdiRule, 'id'>): void {
  const trouble = expressionTrouble(match);
  if (trouble !== undefined) throw new SdiWishError(`match is no regular expression: ${trouble}`);
  if (readOutcome(outcome)) return;
  throw new SdiWishError(
    `"${outcome}" is no outcome; write, for example, SCARTO 00404 or MC or RIFIUTA reason or TARDI 5d.`,
  );
}

function expressionTrouble(text: string): string | undefined {
  try {
    return RegExp(text, 'i') instanceof RegExp ? undefined : text;
  } catch (error) {
    return error instanceof Error ? error.message : text;
  }
}
