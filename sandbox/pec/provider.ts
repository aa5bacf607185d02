// sandbox: the PEC provider: takes mails for SdI, writes the receipts of each, and hands the files in them to SdI.
import { join } from 'node:path';
import { headerOf, readHeaders, textHeaderOf } from '@staffetta/fatturapa/mail/mail-headers.ts';
import type { SigningKey } from '@staffetta/fatturapa/signature/signing-key.ts';
import type { Clock } from '@staffetta/platform/clock.ts';
import { readMail } from '../mail-summary.ts';
import type { SandboxLog } from '../sandbox-log.ts';
import type { ArrivedFile, SdiPost } from '../sdi/sdi-mail.ts';
import type { Delivery } from './deliver-mails.ts';
import { openJobFolder } from './job-folder.ts';
import type { Job, JobFolder } from './job-folder.ts';
import { isMailboxAddress } from './mail-boxes.ts';
import type { MailBoxes } from './mail-boxes.ts';
import { stepsOf } from './pec-outcomes.ts';
import type { PecOutcome, PecRules, PecStep } from './pec-outcomes.ts';
import { providerAddress } from './provider-key.ts';
import { startWorkQueue } from './work-queue.ts';
import type { WorkQueue } from './work-queue.ts';
import { writeEnvelope, writeReceipt } from './write-pec-mail.ts';
import type { HandedMail } from './write-pec-mail.ts';

/** A mail that came by SMTP, or was found in SdI's mailbox on a real server. */
export interface TakenMail {
  /** Its own name: the same one again, while the mail is in hand, changes nothing. */
  readonly id: string;
  /** Envelope sender: whose mailbox the receipts go to. */
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: Buffer;
}

/** The provider. */
export interface Provider {
  /**
   * Takes a mail. When this resolves, all that is to be done with it is durable: it is done in the background, and after a kill.
   * Mails to nobody at SdI go as they are to those recipients that have a mailbox here.
   */
  take(mail: TakenMail): Promise<void>;
  /** Begins nothing more; what is left is done after the next start. */
  stop(): Promise<void>;
}

/** What the provider needs. */
export interface ProviderOptions {
  /** The folder for mails in hand. */
  readonly dir: string;
  readonly boxes: MailBoxes;
  readonly delivery: Delivery;
  readonly key: SigningKey;
  readonly rules: PecRules;
  /** SdI's mailbox. */
  readonly sdi: { take(file: ArrivedFile): Promise<void> };
  readonly clock: Clock;
  readonly log: SandboxLog;
}

interface Known {
  readonly id: string;
  readonly from: string;
  readonly to: readonly string[];
  /** When it was taken, ISO 8601 in UTC. */
  readonly at: string;
  readonly outcome?: PecOutcome;
  readonly delayMs?: number;
}

const sdiForm = /^sdi\d{0,4}@pec\.fatturapa\.it$/i;
const headerBytesMax = 256 * 1024;
const atOnce = 4;

/** Whether an address is one of SdI's. */
function isSdi(address: string): boolean {
  return sdiForm.test(address);
}

/**
 * SdI's way to its senders: its mails in the provider's envelope.
 * @param delivery brings them to their mailboxes
 * @param key the provider's
 */
export function sdiPost(delivery: Delivery, key: SigningKey): SdiPost {
  return {
    send: async (mail) => {
      const { id, from, to, at } = mail;
      await delivery.deliver({ id, from, to, at, raw: await writeEnvelope(mail, key) });
    },
  };
}

/**
 * Starts the provider; what an earlier run left goes on.
 * @param options where it keeps things, how it delivers, what it is told to do wrong
 */
export function startProvider(options: ProviderOptions): Provider {
  return new PecProvider(options);
}

class PecProvider implements Provider {
  readonly #options: ProviderOptions;
  readonly #jobs: JobFolder<Known>;
  readonly #queue: WorkQueue;
  // What is done of a mail in hand; after a restart it is done again, which changes nothing.
  readonly #done = new Map<string, Set<PecStep>>();
  readonly #steps = new Map<string, readonly PecStep[]>();

  constructor(options: ProviderOptions) {
    this.#options = options;
    this.#jobs = openJobFolder(join(options.dir, 'in-hand'));
    const { clock, log } = options;
    this.#queue = startWorkQueue({ clock, log, atOnce, work: (name) => this.#work(name) });
    for (const name of this.#jobs.names()) this.#queue.add(name);
  }

  async take(mail: TakenMail): Promise<void> {
    const { boxes, delivery, clock } = this.#options;
    const at = clock.now();
    const local = mail.to.filter((address) => !isSdi(address) && boxes.find(address) !== undefined);
    for (const to of local) {
      await delivery.deliver({ id: `${mail.id}:as-it-is:${to.toLowerCase()}`, from: mail.from, to, at, raw: mail.raw });
    }
    const to = mail.to.filter(isSdi);
    // Receipts and answers would go to nobody where no mailbox sent the mail; SdI's own mails have none.
    if (to.length === 0 || !isMailboxAddress(mail.from) || isSdi(mail.from)) return;
    const { id, from, raw } = mail;
    const known: Known = { id, from, to, at: at.toISOString(), ...(await this.#outcomeOf(mail, to)) };
    this.#queue.add(this.#jobs.put(id, { known, raw }));
  }

  stop(): Promise<void> {
    return this.#queue.stop();
  }

  async #outcomeOf({ raw }: TakenMail, to: readonly string[]): Promise<Pick<Known, 'outcome' | 'delayMs'>> {
    if (to.some((address) => this.#options.boxes.find(address)?.full === true)) return { outcome: 'errore-consegna' };
    const rule = await this.#options.rules.take(async () => {
      const { files } = await readMail(raw);
      return [...to, ...files.map(({ name }) => name)];
    });
    if (rule === undefined) return {};
    return { outcome: rule.outcome, ...(rule.delayMs !== undefined && { delayMs: rule.delayMs }) };
  }

  async #work(name: string): Promise<Date | undefined> {
    const job = await this.#jobs.read(name);
    if (job === undefined) return this.#forget(name);
    const steps = this.#steps.get(name) ?? stepsOf(job.known);
    this.#steps.set(name, steps);
    const done = this.#done.get(name) ?? new Set();
    this.#done.set(name, done);
    for (const step of steps) {
      if (done.has(step)) continue;
      const due = new Date(Date.parse(job.known.at) + step.afterMs);
      if (due > this.#options.clock.now()) return due;
      await this.#step(job, step);
      done.add(step);
    }
    return this.#forget(name);
  }

  #forget(name: string): undefined {
    this.#jobs.remove(name);
    this.#done.delete(name);
    this.#steps.delete(name);
  }

  async #step(job: Job<Known>, step: PecStep): Promise<void> {
    const mail = handedMail(job);
    if (step.receipt === 'none') return this.#handOver(job, mail);
    const { receipt: kind, copy } = step;
    const { clock, delivery, key } = this.#options;
    // Acceptance is about the mail, the others about each mailbox.
    const recipients = kind.endsWith('accettazione') ? mail.to.slice(0, 1) : mail.to;
    for (const recipient of recipients) {
      const id = `${mail.id}:${kind}:${recipient.toLowerCase()}:${copy}`;
      const at = clock.now();
      const raw = await writeReceipt({ id, kind, mail, recipient, at }, key);
      await delivery.deliver({ id, from: providerAddress, to: mail.from, at, raw });
    }
  }

  async #handOver({ known, raw }: Job<Known>, { id, from, to, messageId }: HandedMail): Promise<void> {
    const { files } = await readMail(raw);
    for (const [mailbox, address] of to.entries()) {
      for (const [at, { name, content }] of files.entries()) {
        await this.#options.sdi.take({
          id: `${id}:${mailbox}:${at}`,
          from,
          to: address,
          messageId,
          fileName: name,
          bytes: content,
          at: new Date(known.at),
        });
      }
    }
  }
}

function handedMail({ known, raw }: Job<Known>): HandedMail {
  const { id, from, to } = known;
  const headers = readHeaders(raw, headerBytesMax);
  const wished = headerOf(headers, 'x-tiporicevuta')?.toLowerCase() ?? '';
  return {
    id,
    from,
    to,
    raw,
    messageId: headerOf(headers, 'message-id') ?? `<${id}@sandbox.staffetta.example>`,
    subject: textHeaderOf(headers, 'subject') ?? '',
    receiptType: /^(?:breve|sintetica)$/.test(wished) ? wished : 'completa',
  };
}
