// sandbox: brings mails to mailboxes, once each: to the sandbox's own, or to those of a real server.
import { join } from 'node:path';
import type { Clock } from '@staffetta/platform/clock.ts';
import { openLineFile } from '../line-file.ts';
import type { SandboxLog } from '../sandbox-log.ts';
import { openJobFolder } from './job-folder.ts';
import { MailBoxFull } from './mail-box.ts';
import type { MailBoxes } from './mail-boxes.ts';
import { startWorkQueue } from './work-queue.ts';

/** A mail on its way. */
export interface MailToDeliver {
  /** Its own name: the same one again changes nothing. */
  readonly id: string;
  /** Envelope sender. */
  readonly from: string;
  readonly to: string;
  readonly raw: Buffer;
  readonly at: Date;
}

/** A way to mailboxes elsewhere. */
export interface FarWay {
  /** Whether it leads to that mailbox. */
  leadsTo(address: string): boolean;
  /**
   * Brings a mail there; throws where it was not taken, or nobody knows.
   * @param mail the mail
   * @param mayBeThere whether an earlier try may have succeeded
   */
  bring(mail: MailToDeliver, mayBeThere: boolean): Promise<void>;
  close(): Promise<void>;
}

/** Whoever delivers. */
export interface Delivery {
  /** Delivers a mail; it is durable when this resolves, and may arrive later. */
  deliver(mail: MailToDeliver): Promise<void>;
  stop(): Promise<void>;
}

/** What delivery needs. */
export interface DeliveryOptions {
  /** The folder for what could not be delivered yet. */
  readonly dir: string;
  readonly boxes: MailBoxes;
  /** Ways to real servers, the first that leads to a mailbox is taken; the sandbox's own mailboxes otherwise. */
  readonly ways: readonly FarWay[];
  readonly clock: Clock;
  readonly log: SandboxLog;
}

type Known = Omit<MailToDeliver, 'raw' | 'at'> & { readonly at: string };

// One at a time, so that mails reach a mailbox in the order in which they were sent.
const atOnce = 1;
const deliveredMax = 100_000;

/**
 * Opens the delivery; what an earlier run owes goes out.
 * @param options where to
 */
export async function openDelivery({ dir, boxes, ways, clock, log }: DeliveryOptions): Promise<Delivery> {
  const jobs = openJobFolder<Known>(join(dir, 'out'));
  const { file, values } = await openLineFile(join(dir, 'delivered.ndjson'));
  const delivered = new Set(values.slice(-deliveredMax).filter((value) => typeof value === 'string'));
  // Of these an earlier try, or an earlier run, may have got through.
  const tried = new Set(jobs.names());

  async function bring(mail: MailToDeliver, mayBeThere: boolean): Promise<void> {
    const way = ways.find((one) => one.leadsTo(mail.to));
    if (way === undefined) return void (await boxes.append(mail.to, mail.raw, mail.id, mail.at));
    await way.bring(mail, mayBeThere);
    delivered.add(mail.id);
    await file.append(mail.id);
  }

  const queue = startWorkQueue({
    clock,
    log,
    atOnce,
    work: async (name) => {
      const job = await jobs.read(name);
      if (job !== undefined && !delivered.has(job.known.id)) {
        const mayBeThere = tried.has(name);
        tried.add(name);
        await bring({ ...job.known, raw: job.raw, at: new Date(job.known.at) }, mayBeThere);
      }
      jobs.remove(name);
      tried.delete(name);
      return undefined;
    },
  });
  for (const name of jobs.names()) queue.add(name);

  function putOff({ raw, ...known }: MailToDeliver): void {
    queue.add(jobs.put(known.id, { known: { ...known, at: known.at.toISOString() }, raw }));
  }

  return {
    async deliver(mail) {
      if (delivered.has(mail.id)) return;
      if (ways.some((one) => one.leadsTo(mail.to))) return putOff(mail);
      try {
        await boxes.append(mail.to, mail.raw, mail.id, mail.at);
      } catch (error) {
        if (!(error instanceof MailBoxFull)) throw error;
        // It waits outside until there is room again.
        putOff(mail);
      }
    },
    async stop() {
      await queue.stop();
      await Promise.allSettled(ways.map((way) => way.close()));
      await file.close();
    },
  };
}
