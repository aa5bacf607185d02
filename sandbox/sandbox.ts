// sandbox: the outside world in one process; mails and callbacks end here, and a page shows both.
import { join } from 'node:path';
import { openCallbackBook } from './callback-book.ts';
import { createCallbackRules } from './callback-rules.ts';
import { startMailServer } from './mail-server.ts';
import { openMailStore } from './mail-store.ts';
import { buildPage } from './page.ts';
import { noLog } from './sandbox-log.ts';
import type { SandboxLog } from './sandbox-log.ts';
import { createSmtpRules } from './smtp-rules.ts';

/** Where the sandbox listens and keeps things. */
export interface SandboxOptions {
  /** The folder for mails and callbacks; made where it is missing. */
  readonly dir: string;
  /** 0 takes any free port. */
  readonly smtpPort: number;
  /** 0 takes any free port. */
  readonly pagePort: number;
  readonly host: string;
  /** How many mails are kept, the newest ones; 20,000 by default. */
  readonly mailsMax?: number;
  /** How many callbacks are kept in memory, the newest ones; 20,000 by default. */
  readonly callbacksMax?: number;
  readonly log?: SandboxLog;
}

/** A sandbox that runs. */
export interface Sandbox {
  readonly smtpPort: number;
  readonly pagePort: number;
  /** Stops listening, cuts what hangs and closes the files. */
  stop(): Promise<void>;
}

const keptMax = 20_000;

/**
 * Starts the sandbox.
 * @param options where to listen and to keep things
 * @throws Error with code EADDRINUSE where a port is taken; nothing is left running then
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { dir, host, log = noLog } = options;
  const mails = openMailStore(join(dir, 'mails'), options.mailsMax ?? keptMax);
  const callbacks = await openCallbackBook(join(dir, 'callbacks.ndjson'), options.callbacksMax ?? keptMax);
  const smtpRules = createSmtpRules();
  const closers: Array<() => Promise<unknown>> = [() => callbacks.close()];
  const stop = async (): Promise<void> => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    const mailServer = await startMailServer({ host, port: options.smtpPort, store: mails, rules: smtpRules, log });
    closers.push(() => mailServer.goDown());
    const app = await buildPage({ mails, callbacks, mailServer, smtpRules, callbackRules: createCallbackRules() });
    closers.push(() => app.close());
    const pagePort = Number(new URL(await app.listen({ host, port: options.pagePort })).port);
    log.info({ smtpPort: mailServer.port, pagePort }, 'sandbox.started');
    return { smtpPort: mailServer.port, pagePort, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
