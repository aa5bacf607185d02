// journeys: a mailbox as its owner has it in a mail program: mails are put into it and deleted from it by IMAP.
import { ImapFlow } from 'imapflow';

/** A mailbox that is open. */
export interface Postbox {
  /** Puts a mail into it; gives its UID (0 where the server names none), or undefined where the server does not take it. */
  put(bytes: Uint8Array): Promise<number | undefined>;
  /** The UIDs of all mails that lie in it. */
  uids(): Promise<readonly number[]>;
  /** Deletes mails for good. */
  remove(uids: readonly number[]): Promise<void>;
  close(): Promise<void>;
}

/**
 * Signs in and opens the inbox.
 * @param url `imap://user:password@host:port`, user and password percent-encoded
 */
export async function openPostbox(url: string): Promise<Postbox> {
  let client = await connect(url);
  return {
    async put(bytes) {
      // A server may end the connection over a mail that it does not like.
      if (!client.usable) client = await connect(url);
      const put = await client.append('INBOX', Buffer.from(bytes)).catch(() => false as const);
      return put === false ? undefined : (put.uid ?? 0);
    },
    async uids() {
      // What has come meanwhile counts once the server has told of it.
      await client.noop();
      const found = await client.search({ all: true }, { uid: true });
      if (found === undefined || found === false) throw new Error('the server does not say what lies in the mailbox');
      return found;
    },
    async remove(uids) {
      await client.messageDelete([...uids], { uid: true });
    },
    async close() {
      await client.logout().catch(() => undefined);
      client.close();
    },
  };
}

async function connect(url: string): Promise<ImapFlow> {
  const { hostname, port, username, password } = new URL(url);
  const auth = { user: decodeURIComponent(username), pass: decodeURIComponent(password) };
  const client = new ImapFlow({ host: hostname, port: Number(port), secure: false, auth, logger: false });
  client.on('error', () => client.close());
  await client.connect();
  await client.mailboxOpen('INBOX');
  return client;
}
