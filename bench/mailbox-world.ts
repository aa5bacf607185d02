// bench: a process with what the mailbox service talks to: an IMAP server over a folder of mails, and a receiver that takes everything at once.
import { noLog } from '@staffetta/sandbox/sandbox-log.ts';
import { createImapRules } from '@staffetta/sandbox/imap/imap-rules.ts';
import { startImapServer } from '@staffetta/sandbox/imap/imap-server.ts';
import { openMailBoxes } from '@staffetta/sandbox/pec/mail-boxes.ts';
import { createServer } from 'node:http';

/** Where they listen. */
export interface MailboxWorld {
  readonly imap: number;
  readonly http: number;
}

const receiver = createServer((asked, answer) => {
  asked.resume();
  asked.on('end', () => {
    answer.writeHead(202, { 'content-type': 'application/json' }).end('{"statusCode":"202"}');
  });
});

async function open(folder: string): Promise<void> {
  const boxes = openMailBoxes(folder, { mailsMax: 1_000_000 });
  const imap = await startImapServer({ host: '127.0.0.1', port: 0, boxes, rules: createImapRules(), log: noLog });
  receiver.listen(0, '127.0.0.1', () => {
    const { port } = receiver.address() as { port: number };
    process.send?.({ imap: imap.port, http: port } satisfies MailboxWorld);
  });
}

process.on('message', (folder) => void open(String(folder)));
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
