// mailbox: mails are understood at once where they are small, in a worker thread where they are large; one that breaks its worker harms nobody else.
import type { MailOptions } from '@staffetta/fatturapa/mail/understand-mail.ts';
import { viewOf } from '@staffetta/platform/config/live-settings.ts';
import { createWorkerPool } from '@staffetta/platform/work/worker-pool.ts';
import type { MailboxSettings, ProviderTrust } from './config.ts';
import { planMail, type MailPlan } from './plan-mail.ts';
import type { UnderstandJob } from './understand-worker.ts';

/** Understands mails, with the threads that it keeps. */
export interface Understanding {
  /**
   * Understands a mail.
   * @param bytes as the server gave it
   * @param at when it came, as of which signatures are judged
   * @throws HubError WORK_BROKE_OFF where its worker broke, SERVICE_AWAY while the service stops
   */
  plan(bytes: Buffer, at: Date): Promise<MailPlan>;
  close(): Promise<void>;
}

type Values = Pick<
  MailboxSettings,
  'sdiDomain' | 'bytesMax' | 'depthMax' | 'partsMax' | 'filesMax' | 'asideBytes' | 'understandTimeoutMs'
>;

/**
 * Opens understanding; the thread starts with the first large mail.
 * @param values the settings
 * @param trust how providers' signatures are verified, if at all
 * @param script the worker's program, for tests
 */
export function openUnderstanding(
  values: Values,
  trust: ProviderTrust | undefined,
  script: URL = new URL('./understand-worker.ts', import.meta.url),
): Understanding {
  const { sdiDomain, bytesMax, depthMax, partsMax, filesMax } = values;
  const always: MailOptions = { sdiDomain, limits: { bytesMax, depthMax, partsMax, filesMax } };
  const threads = viewOf(() => ({
    script,
    work: 'reading of a mail',
    workersMax: 1,
    queueMax: Infinity,
    jobMsMax: values.understandTimeoutMs,
    // A mail of 40 MiB takes a small multiple of itself.
    heapMibMax: 768,
    idleMs: 60_000,
  }));
  const pool = createWorkerPool<UnderstandJob, MailPlan>(threads);
  return {
    async plan(bytes, at) {
      const options = trust ? { ...always, verify: { ...trust, at } } : always;
      return bytes.length > values.asideBytes ? pool.run({ bytes, options }) : planMail(bytes, options);
    },
    close: () => pool.close(),
  };
}
