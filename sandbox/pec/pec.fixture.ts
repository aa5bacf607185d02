// A sandbox with provider and SdI for tests, a clock that can be turned, and looks into its mailboxes.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { understandMail } from '@staffetta/fatturapa/mail/understand-mail.ts';
import type { UnderstoodMail } from '@staffetta/fatturapa/mail/understood-mail.ts';
import { turnableClock } from '@staffetta/platform/clock.ts';
import { startSandbox } from '../sandbox.ts';
import type { Sandbox, SandboxOptions } from '../sandbox.ts';

/** Who sends the sample mails. */
export const sender = 'hub@pec.example.it';

/** A sandbox under test. */
export interface PecSandbox extends Sandbox {
  readonly url: string;
  readonly dir: string;
  readonly clock: ReturnType<typeof turnableClock>;
}

/** Makes sandboxes and removes them all. */
export class PecSandboxes {
  readonly #endings: Array<() => Promise<unknown>> = [];

  /** Starts one; with a folder of an earlier one it goes on from there. */
  async start(options: Partial<SandboxOptions> = {}): Promise<PecSandbox> {
    const dir = options.dir ?? (await mkdtemp(join(tmpdir(), 'staffetta-pec-')));
    this.#endings.push(() => rm(dir, { recursive: true, force: true }));
    const clock = turnableClock();
    const pec = { deliverImap: [], collectImap: [], sdiDelayMs: 10 };
    const sandbox = await startSandbox({ smtpPort: 0, pagePort: 0, host: '127.0.0.1', clock, pec, ...options, dir });
    this.#endings.push(() => sandbox.stop());
    return { ...sandbox, dir, clock, url: `http://127.0.0.1:${sandbox.pagePort}` };
  }

  /** Stops and removes all. */
  async end(): Promise<void> {
    for (const end of this.#endings.reverse()) await end();
  }
}

/** Tells the provider what to do wrong. */
export async function tellPec({ url }: PecSandbox, rule: object, path = '/pec-behaviour'): Promise<number> {
  const headers = { 'content-type': 'application/json' };
  return (await fetch(`${url}${path}`, { method: 'PUT', headers, body: JSON.stringify(rule) })).status;
}

/** All mails of a mailbox as the hub understands them, the oldest first. */
export async function understood({ url }: PecSandbox, address = sender): Promise<UnderstoodMail[]> {
  const base = `${url}/api/mailboxes/${encodeURIComponent(address)}/mails?size=1000`;
  const answer = await fetch(base);
  if (answer.status === 404) return [];
  const { content } = (await answer.json()) as { content: readonly { readonly uid: number }[] };
  const mails: UnderstoodMail[] = [];
  for (const { uid } of content.toReversed()) {
    const raw = await fetch(`${url}/mailboxes/${encodeURIComponent(address)}/${uid}/raw`);
    mails.push(understandMail(Buffer.from(await raw.arrayBuffer())));
  }
  return mails;
}

/** What kinds of mails a mailbox holds: receipts by their kind, SdI's by their notices. */
export function kinds(mails: readonly UnderstoodMail[]): string[] {
  return mails.map((mail) => {
    if (mail.kind === 'receipt') return mail.receipt;
    return mail.kind === 'sdi' ? mail.notices.map(({ notice }) => notice.kind).join('+') : mail.kind;
  });
}

/** Asks until an answer is right. */
export async function until<T>(ask: () => Promise<T>, isRight: (answer: T) => boolean): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    const answer = await ask();
    if (isRight(answer)) return answer;
    if (tries > 500) throw new Error(`it never came right: ${JSON.stringify(answer)?.slice(0, 2000)}`);
    await sleep(20);
  }
}
