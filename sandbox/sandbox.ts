// sandbox: the outside world in one process: a mail server, mailboxes, a PEC provider, SdI and a callback endpoint, and a page for all.
import { systemClock, type Clock } from '@staffetta/platform/clock.ts';
import { pecMailboxes } from '@staffetta/platform/config/pec-mailboxes.ts';
import { join } from 'node:path';
import { openCallbackBook } from './callback-book.ts';
import { createCallbackRules } from './callback-rules.ts';
import { createImapRules } from './imap/imap-rules.ts';
import { startImapServer } from './imap/imap-server.ts';
import { startMailServer } from './mail-server.ts';
import { openMailStore } from './mail-store.ts';
import { createMatchRules } from './match-rules.ts';
import { buildPage } from './page.ts';
import { openMailBoxes, type MailBoxes } from './pec/mail-boxes.ts';
import type { PecRule, PecRules } from './pec/pec-outcomes.ts';
import { startPec, type Pec, type PecWishes } from './pec/start-pec.ts';
import { noLog } from './sandbox-log.ts';
import type { SandboxLog } from './sandbox-log.ts';
import type { SmtpRule } from './smtp-rules.ts';

/** Where the sandbox listens and keeps things. */
export interface SandboxOptions {
  /** The folder for mails, mailboxes and callbacks; made where it is missing. */
  readonly dir: string;
  /** 0 takes any free port. */
  readonly smtpPort: number;
  /** 0, also by default, takes any free port. */
  readonly imapPort?: number;
  /** 0 takes any free port. */
  readonly pagePort: number;
  readonly host: string;
  /** What is wanted of PEC provider and SdI; without it there are none, and mails only end here. */
  readonly pec?: PecWishes | undefined;
  /** The company's mailbox, which is there from the start; that of `PEC_ADDRESS` by default. */
  readonly mailbox?: string | undefined;
  /** How many mails are kept, the newest ones; 20,000 by default. */
  readonly mailsMax?: number;
  /** How many mails each mailbox keeps, the newest ones, besides all of the last hour; 20,000 by default. */
  readonly mailboxMax?: number;
  /** How many callbacks are kept in memory, the newest ones; 20,000 by default. */
  readonly callbacksMax?: number;
  readonly log?: SandboxLog;
  /** The hub's, which the outside world lives by too; the machine's by default. */
  readonly clock?: Clock;
}

/** A sandbox that runs. */
export interface Sandbox {
  readonly smtpPort: number;
  readonly imapPort: number;
  readonly pagePort: number;
  /** Whether it is a PEC provider and SdI too. */
  readonly isSdi: boolean;
  /** Stops listening, cuts what hangs and closes the files. */
  stop(): Promise<void>;
}

const keptMax = 20_000;
const hourMs = 3_600_000;

type Closers = Array<() => Promise<unknown>>;

async function openPec(options: SandboxOptions, boxes: MailBoxes, rules: PecRules): Promise<Pec | undefined> {
  const { dir, pec: wishes, clock = systemClock, log = noLog } = options;
  return wishes && startPec({ dir, boxes, rules, wishes, clock, log });
}

/**
 * Starts the sandbox.
 * @param options where to listen and to keep things
 * @throws Error with code EADDRINUSE where a port is taken; nothing is left running then
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const closers: Closers = [];
  const stop = async (): Promise<void> => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    return { ...(await open(options, closers)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function open(options: SandboxOptions, closers: Closers): Promise<Omit<Sandbox, 'stop'>> {
  const { dir, host, log = noLog, clock = systemClock } = options;
  const mails = openMailStore(join(dir, 'mails'), options.mailsMax ?? keptMax);
  const callbacks = await openCallbackBook(join(dir, 'callbacks.ndjson'), options.callbacksMax ?? keptMax);
  closers.push(() => callbacks.close());
  const boxes = openMailBoxes(join(dir, 'mailboxes'), { mailsMax: options.mailboxMax ?? keptMax, staysMs: hourMs });
  const { address: mailbox } = boxes.open(options.mailbox ?? pecMailboxes.pecAddress.default);
  const [smtpRules, pecRules, imapRules] = [
    createMatchRules<SmtpRule>(),
    createMatchRules<PecRule>(),
    createImapRules(),
  ];
  const pec = await openPec(options, boxes, pecRules);
  if (pec) closers.push(() => pec.stop());
  const imapServer = await startImapServer({ host, port: options.imapPort ?? 0, boxes, rules: imapRules, log });
  closers.push(() => imapServer.goDown());
  const mailServer = await startMailServer({
    host,
    port: options.smtpPort,
    store: mails,
    rules: smtpRules,
    log,
    ...(pec && { onMail: (mail) => pec.provider.take(mail) }),
  });
  closers.push(() => mailServer.goDown());
  const app = await buildPage({
    mails,
    callbacks,
    mailServer,
    smtpRules,
    callbackRules: createCallbackRules(),
    pec: { boxes, imapServer, imapRules, pecRules },
    ...(pec && { sdi: { sdi: pec.sdi, clock, mailbox } }),
  });
  closers.push(() => app.close());
  const pagePort = Number(new URL(await app.listen({ host, port: options.pagePort })).port);
  const ports = { smtpPort: mailServer.port, imapPort: imapServer.port, pagePort };
  log.info(ports, 'sandbox.started');
  return { ...ports, isSdi: pec !== undefined };
}
