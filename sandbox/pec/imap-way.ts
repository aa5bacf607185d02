// sandbox: delivers mails into a mailbox of a real server by IMAP's APPEND, for servers that have no SMTP.
import { ImapFlow } from 'imapflow';
import { headerOf, readHeaders } from '@staffetta/fatturapa/mail/mail-headers.ts';
import type { FarWay, MailToDeliver } from './deliver-mails.ts';

const headerBytesMax = 64 * 1024;

/**
 * Makes a client for one mailbox; it is not connected yet.
 * @param address `imap://user:password@host[:port]`, or `imaps://` with TLS from the start
 */
export function imapClient(address: string): ImapFlow {
  const url = new URL(address);
  const secure = url.protocol === 'imaps:';
  const client = new ImapFlow({
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port) || (secure ? 993 : 143),
    secure,
    auth: { user: userOf(address), pass: decodeURIComponent(url.password) },
    logger: false,
  });
  // Whoever waits for the connection hears of it too; nobody else needs to.
  client.on('error', () => client.close());
  return client;
}

/** Whose mailbox an address leads to. */
export function userOf(address: string): string {
  return decodeURIComponent(new URL(address).username);
}

/**
 * A way to one mailbox.
 * @param address see `imapClient`
 */
export function imapWay(address: string): FarWay {
  const user = userOf(address).toLowerCase();
  let client: ImapFlow | undefined;
  const connected = async (): Promise<ImapFlow> => {
    if (client?.usable === true) return client;
    client = imapClient(address);
    await client.connect();
    await client.mailboxOpen('INBOX');
    return client;
  };
  return {
    leadsTo: (to) => to.toLowerCase() === user,
    async bring({ raw, at }: MailToDeliver, mayBeThere) {
      const server = await connected();
      const messageId = headerOf(readHeaders(raw, headerBytesMax), 'message-id');
      if (mayBeThere && messageId !== undefined) {
        const found = await server.search({ header: { 'message-id': messageId } }, { uid: true });
        if (found && found.length > 0) return;
      }
      const appended = await server.append('INBOX', raw, [], at);
      if (appended === false) throw new Error(`the mailbox of ${user} did not take the mail`);
    },
    close: async () => client?.close(),
  };
}
