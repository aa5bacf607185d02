// sandbox: puts together provider, SdI and the ways between them.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '@staffetta/platform/clock.ts';
import type { SandboxLog } from '../sandbox-log.ts';
import { startSdi } from '../sdi/sdi.ts';
import type { Sdi } from '../sdi/sdi.ts';
import { collectMails } from './collect-mails.ts';
import { openDelivery } from './deliver-mails.ts';
import { imapWay } from './imap-way.ts';
import type { MailBoxes } from './mail-boxes.ts';
import type { PecRules } from './pec-outcomes.ts';
import { openProviderKey } from './provider-key.ts';
import { sdiPost, startProvider } from './provider.ts';
import type { Provider } from './provider.ts';
import { smtpWay } from './smtp-way.ts';

/** What is wanted of provider and SdI. */
export interface PecWishes {
  /** A real server that receipts and answers are delivered by; see `smtpWay`. */
  readonly deliverSmtp?: string;
  /** Mailboxes on real servers that theirs are put into; see `imapWay`. */
  readonly deliverImap: readonly string[];
  /** SdI's mailboxes on real servers; see `collectMails`. */
  readonly collectImap: readonly string[];
  /** How long SdI takes for an answer, in milliseconds of the clock. */
  readonly sdiDelayMs?: number;
}

/** What they need. */
export interface PecOptions {
  /** The sandbox's folder. */
  readonly dir: string;
  readonly boxes: MailBoxes;
  readonly rules: PecRules;
  readonly wishes: PecWishes;
  readonly clock: Clock;
  readonly log: SandboxLog;
}

/** Provider and SdI, at work. */
export interface Pec {
  readonly provider: Provider;
  readonly sdi: Sdi;
  /** Begins nothing more; what is owed goes out after the next start. */
  stop(): Promise<void>;
}

/**
 * Starts provider and SdI; what an earlier run owes goes out.
 * @param options folder, mailboxes, ways, clock
 */
export async function startPec({ dir, boxes, rules, wishes, clock, log }: PecOptions): Promise<Pec> {
  const own = join(dir, 'pec');
  await mkdir(own, { recursive: true });
  const key = await openProviderKey(own, clock.now());
  const ways = wishes.deliverImap.map(imapWay);
  if (wishes.deliverSmtp !== undefined) ways.push(smtpWay(wishes.deliverSmtp));
  const delivery = await openDelivery({ dir: own, boxes, ways, clock, log });
  const delay = wishes.sdiDelayMs;
  const times = delay === undefined ? {} : { times: { answerMs: delay, bodyAnswerMs: delay } };
  const sdi = await startSdi({ dir, post: sdiPost(delivery, key), clock, log, ...times });
  const provider = startProvider({ dir: own, boxes, delivery, key, rules, sdi, clock, log });
  const enders = wishes.collectImap.map((address) =>
    collectMails({ address, dir: own, take: (mail) => provider.take(mail), log }),
  );
  return {
    provider,
    sdi,
    async stop() {
      await Promise.all(enders.map((end) => end()));
      await provider.stop();
      await sdi.stop();
      await delivery.stop();
    },
  };
}
