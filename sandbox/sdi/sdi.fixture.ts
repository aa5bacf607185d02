// sandbox: an SdI for tests, with an array as its post and a clock that can be turned, and files to send it.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { changed, type Changes, type CleanName } from '@staffetta/fatturapa/check/clean-documents.fixture.ts';
import { readNotices, type FoundNotice } from '@staffetta/fatturapa/notices/read-notices.ts';
import { signCades } from '@staffetta/fatturapa/signature/cades.ts';
import { madeKey } from '@staffetta/fatturapa/signature/keys.fixture.ts';
import { writeDocument } from '@staffetta/fatturapa/write/write-document.ts';
import { turnableClock } from '@staffetta/platform/clock.ts';
import { noLog } from '../sandbox-log.ts';
import { startSdi, type Sdi } from './sdi.ts';
import type { ArrivedFile, SdiMail } from './sdi-mail.ts';
import type { SdiTimes } from './sdi-records.ts';

/** The day of the clean documents' checks. */
export const today = new Date('2026-03-31T10:00:00Z');
/** A day on the clock. */
export const dayMs = 86_400_000;
/** The company's mailbox. */
export const mailbox = 'fatture@pec.example';

const general = 'DatiGenerali/DatiGeneraliDocumento';
const signer = madeKey('RSA', { from: new Date('2025-01-01'), to: new Date('2030-01-01') });

/**
 * A document that is right, with words for SdI.
 * @param name which of the clean ones
 * @param words in Causale of each body; undefined for none
 * @param changes what else is other
 */
export function documentWith(
  name: CleanName,
  words: readonly (string | undefined)[] = [],
  changes: Changes = {},
): Buffer {
  const causali = words.map((text, index): [string, unknown] => [
    `FatturaElettronicaBody[${index + 1}]/${general}/Causale`,
    text === undefined ? undefined : [text],
  ]);
  return writeDocument(changed(name, { ...Object.fromEntries(causali), ...changes }).document);
}

/** Where a body's number stands. */
export function numberAt(place: number): string {
  return `FatturaElettronicaBody[${place}]/${general}/Numero`;
}

/** A document in a signature envelope. */
export function signed(document: Buffer): Promise<Buffer> {
  return signCades(document, signer, { at: new Date(today.getTime() - dayMs) });
}

/** An SdI at work, and all mails that it sent. */
export interface Trial {
  readonly sdi: Sdi;
  readonly clock: ReturnType<typeof turnableClock>;
  readonly mails: readonly SdiMail[];
  readonly dir: string;
  /** Hands a file over; names are counted where none is given. */
  send(bytes: Uint8Array, wish?: Partial<ArrivedFile>): Promise<void>;
  /** Waits until so many mails were sent, and SdI has noted it. */
  waitFor(count: number): Promise<readonly SdiMail[]>;
  /** Looks for half a second of real time that nothing more comes. */
  rest(): Promise<void>;
  /** Stops it and starts it again on the same folder; between the two something may happen to its files. */
  restart(between?: () => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

/** What a test may want otherwise. */
export interface TrialWish {
  /** What happens with a mail before it counts as sent; nothing by default. */
  readonly deliver?: (mail: SdiMail) => Promise<void>;
  /** How long things take; SdI answers at once by default. */
  readonly times?: Partial<SdiTimes>;
}

const waitMs = 30_000;
const atOnce: SdiTimes = { answerMs: 0, bodyAnswerMs: 60_000 };

/**
 * Starts an SdI.
 * @param wish what a test wants otherwise
 */
export async function startTrial({ deliver, times = atOnce }: TrialWish = {}): Promise<Trial> {
  const dir = await mkdtemp(join(tmpdir(), 'staffetta-sdi-'));
  const clock = turnableClock(today);
  const mails = new Map<string, SdiMail>();
  const post = {
    send: async (mail: SdiMail): Promise<void> => {
      await deliver?.(mail);
      if (!mails.has(mail.id)) mails.set(mail.id, mail);
    },
  };
  const start = (): Promise<Sdi> => startSdi({ dir, post, clock, log: noLog, times });
  let sdi = await start();
  let count = 0;
  return {
    get sdi() {
      return sdi;
    },
    clock,
    dir,
    get mails() {
      return [...mails.values()];
    },
    async send(bytes, wish = {}) {
      count += 1;
      const fileName = `IT01234567897_${String(count).padStart(5, '0')}.xml`;
      const usual = { id: `mail-${count}`, from: mailbox, to: 'sdi01@pec.fatturapa.it', messageId: `<${count}@hub>` };
      await sdi.take({ ...usual, fileName, bytes, at: clock.now(), ...wish });
    },
    async waitFor(wanted) {
      const end = Date.now() + waitMs;
      const noted = (): number => [...mails.keys()].filter((id) => sdi.archive.sentAt(id) !== undefined).length;
      while (noted() < wanted && Date.now() < end) await sleep(20);
      if (noted() < wanted) throw new Error(`only ${noted()} of ${wanted} mails came`);
      return [...mails.values()];
    },
    rest: () => sleep(500),
    async restart(between) {
      await sdi.stop();
      await between?.();
      sdi = await start();
    },
    async stop() {
      await sdi.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** The notices in a mail. */
export function noticesIn({ files }: SdiMail): readonly FoundNotice[] {
  return files.flatMap(({ name, bytes }) => readNotices(bytes, { name }).notices);
}

/** The kinds of the notices in mails, in their order. */
export function kindsIn(mails: readonly SdiMail[]): string[] {
  return mails.flatMap((mail) => noticesIn(mail).map(({ notice }) => notice.kind));
}
