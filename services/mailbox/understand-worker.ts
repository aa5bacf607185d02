// mailbox: a worker thread's program that understands one mail after the other; see `understanding.ts`.
import type { MailOptions } from '@staffetta/fatturapa/mail/understand-mail.ts';
import { parentPort } from 'node:worker_threads';
import { planMail } from './plan-mail.ts';

/** A mail to understand; it can be cloned into another thread. */
export interface UnderstandJob {
  readonly bytes: Uint8Array;
  readonly options: MailOptions;
}

parentPort?.on('message', ({ bytes, options }: UnderstandJob) => parentPort?.postMessage(planMail(bytes, options), []));
