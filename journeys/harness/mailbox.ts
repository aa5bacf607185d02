// journeys: SdI's mailbox, whichever server it lies on: the sandbox's, read by its page, or a real one's, read by IMAP.
import { readMail } from '@staffetta/sandbox/mail-summary.ts';
import { ImapFlow } from 'imapflow';
import type { SandboxClient } from './sandbox-client.ts';

/** A mail that came with one invoice. */
export interface ArrivedMail {
  readonly messageId: string;
  readonly correlationId: string;
  readonly fileName: string;
  /** The attachment's exact bytes. */
  readonly content: Buffer;
}

/** SdI's mailbox. */
export interface Mailbox {
  /** The mails of one correlation id. */
  find(correlationId: string): Promise<readonly ArrivedMail[]>;
  /** The attachments' names of all mails, one per mail. */
  fileNames(): Promise<readonly string[]>;
}

/**
 * Reads the mailbox that the sandbox keeps.
 * @param sandbox its REST
 */
export function sandboxMailbox(sandbox: SandboxClient): Mailbox {
  return {
    async find(correlationId) {
      const mails = await sandbox.mails({ correlationId });
      return Promise.all(
        mails.map(async ({ id, messageId, attachments }) => {
          const fileName = attachments[0]?.name ?? '';
          return { messageId, correlationId, fileName, content: await sandbox.attachment(id, fileName) };
        }),
      );
    },
    fileNames: async () => (await sandbox.mails()).map(({ attachments }) => attachments[0]?.name ?? ''),
  };
}

/**
 * Reads a mailbox of a server that lets everybody in.
 * @param url `imap://host:port`
 * @param address whose mailbox
 */
export function imapMailbox(url: string, address: string): Mailbox {
  const read = new Map<number, ArrivedMail>();
  let turn: Promise<unknown> = Promise.resolve();
  const refresh = async (): Promise<ArrivedMail[]> => {
    const mine = turn.then(() => fetchNew(url, address, read));
    turn = mine.catch(() => undefined);
    await mine;
    return [...read.values()];
  };
  return {
    find: async (correlationId) => (await refresh()).filter((mail) => mail.correlationId === correlationId),
    fileNames: async () => (await refresh()).map(({ fileName }) => fileName),
  };
}

async function fetchNew(url: string, address: string, read: Map<number, ArrivedMail>): Promise<void> {
  const { hostname, port } = new URL(url);
  const auth = { user: address, pass: 'any' };
  const client = new ImapFlow({ host: hostname, port: Number(port), secure: false, auth, logger: false });
  await client.connect();
  try {
    const { exists } = await client.mailboxOpen('INBOX', { readOnly: true });
    if (exists === 0) return;
    const last = Math.max(0, ...read.keys());
    for await (const { uid, source } of client.fetch(`${last + 1}:*`, { source: true }, { uid: true })) {
      // `n:*` gives the last mail even where its number is below n.
      if (source && uid > last) read.set(uid, await understand(source));
    }
  } finally {
    await client.logout();
  }
}

async function understand(source: Buffer): Promise<ArrivedMail> {
  const { messageId, correlationId, files } = await readMail(source);
  const [file] = files;
  return { messageId, correlationId, fileName: file?.name ?? '', content: file?.content ?? Buffer.alloc(0) };
}
