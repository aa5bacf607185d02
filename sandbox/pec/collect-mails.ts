// sandbox: finds the mails that reached SdI's mailbox on a real server, by IMAP, and takes each once.
import { hash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ImapFlow } from 'imapflow';
import { headerOf, readHeaders } from '@staffetta/fatturapa/mail/mail-headers.ts';
import type { SandboxLog } from '../sandbox-log.ts';
import { imapClient, userOf } from './imap-way.ts';
import type { TakenMail } from './provider.ts';

/** What collecting needs. */
export interface CollectOptions {
  /** `imap://user:password@host:port`; the user is the address of SdI's mailbox. */
  readonly address: string;
  /** The folder for the place that reading has reached. */
  readonly dir: string;
  readonly take: (mail: TakenMail) => Promise<void>;
  readonly log: SandboxLog;
  /** How often it looks, in milliseconds. */
  readonly everyMs?: number;
}

interface Place {
  readonly uidValidity: string;
  readonly uid: number;
}

const headerBytesMax = 256 * 1024;
const retryMs = 1000;

/**
 * Starts collecting; it goes on where an earlier run was.
 * @param options which mailbox, who takes
 * @returns ends it
 */
export function collectMails(options: CollectOptions): () => Promise<void> {
  const ending = new AbortController();
  const loop = run(options, ending.signal);
  return async () => {
    ending.abort();
    await loop;
  };
}

async function run(options: CollectOptions, ending: AbortSignal): Promise<void> {
  while (!ending.aborted) {
    const client = imapClient(options.address);
    const cut = (): void => client.close();
    ending.addEventListener('abort', cut);
    try {
      await client.connect();
      for (;;) {
        await collectNew(client, options);
        await sleep(options.everyMs ?? 300, undefined, { signal: ending });
      }
    } catch (error) {
      // Away, or at its end: it comes back by itself.
      options.log.debug({ reason: error instanceof Error ? error.message : String(error) }, 'sandbox.collect.again');
    } finally {
      ending.removeEventListener('abort', cut);
      client.close();
    }
    await sleep(retryMs, undefined, { signal: ending }).catch(() => undefined);
  }
}

async function collectNew(client: ImapFlow, { address, dir, take }: CollectOptions): Promise<void> {
  const { uidValidity, uidNext } = await client.mailboxOpen('INBOX', { readOnly: true });
  const before = await readPlace(dir, address);
  const from = before.uidValidity === String(uidValidity) ? before.uid + 1 : 1;
  if (uidNext <= from) return;
  const uids = (await client.search({ uid: `${from}:*` }, { uid: true })) || [];
  for (const uid of uids.filter((each) => each >= from)) {
    const mail = await client.fetchOne(String(uid), { source: true }, { uid: true });
    if (mail && mail.source) {
      // By its bytes, and not by its UID: a server that numbers anew brings no mail twice.
      const id = `collected-${userOf(address).toLowerCase()}-${hash('sha256', mail.source, 'hex')}`;
      await take({ id, from: senderOf(mail.source), to: [userOf(address)], raw: mail.source });
    }
    await writePlace(dir, address, { uidValidity: String(uidValidity), uid });
  }
}

/** The envelope sender as the server noted it, else who the mail says it is from. */
function senderOf(raw: Buffer): string {
  const headers = readHeaders(raw, headerBytesMax);
  const said = [headerOf(headers, 'return-path'), headerOf(headers, 'from')].join(' ');
  return /([^\s<>@",]{1,64}@[^\s<>@",]{1,190})/.exec(said)?.[1] ?? '';
}

function placePath(dir: string, address: string): string {
  const { host } = new URL(address);
  return join(dir, `collected-${hash('sha256', `${host} ${userOf(address)}`, 'hex').slice(0, 32)}.json`);
}

async function readPlace(dir: string, address: string): Promise<Place> {
  const text = await readFile(placePath(dir, address), 'utf8').catch(() => '');
  const [, uidValidity, uid] = /^\{"uidValidity":"(\d+)","uid":(\d+)\}$/.exec(text) ?? [];
  return { uidValidity: uidValidity ?? '', uid: Number(uid ?? 0) };
}

async function writePlace(dir: string, address: string, place: Place): Promise<void> {
  const path = placePath(dir, address);
  await mkdir(dir, { recursive: true });
  await writeFile(`${path}.part`, JSON.stringify(place));
  await rename(`${path}.part`, path);
}
