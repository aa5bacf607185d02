// mailbox: a session with an IMAP server ends with a reason, whatever the server does instead of answering.
import assert from 'node:assert/strict';
import { createServer, type AddressInfo } from 'node:net';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { ImapTrouble, openImap } from './imap-session.ts';
import { parseImapUrl } from './imap-url.ts';
import { imapUrlOf } from './mailbox-test-kit.ts';
import { startWithholding } from './withholding-imap.fixture.ts';

test('a server that shows signs of life and never answers is away, as a silent one is', async () => {
  const server = await startWithholding(new Map());
  const url = parseImapUrl(imapUrlOf(server.url, 'u'));
  const { signal } = new AbortController();
  const session = await openImap({ url, folder: 'INBOX', bytesMax: 1000, timeoutMs: 100, canRemove: false, signal });
  try {
    assert.deepEqual(await session.uidsAfter(0, undefined), []);
    server.withheld.all = true;
    await assert.rejects(
      session.uidsAfter(0, undefined),
      (error) => error instanceof ImapTrouble && error.kind === 'away',
    );
  } finally {
    await session.close();
    await server.close();
  }
});

test('a server that says the refused login once more puts no password into what people see', async () => {
  const password = 'Segreto9';
  const forms = [
    password,
    Buffer.from(password).toString('base64'),
    Buffer.from(`\0u\0${password}`).toString('base64'),
  ];
  const server = createServer((socket) => {
    socket.on('error', () => undefined).write('* OK [CAPABILITY IMAP4rev1] ready\r\n');
    socket.on('data', (data) => {
      const [tag = '', ...said] = data.toString().trim().split(' ');
      const isLogin = said[0] === 'LOGIN';
      socket.write(`${tag} ${isLogin ? `BAD ${said.join(' ')} ${forms.join(' ')}` : 'OK done'}\r\n`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = parseImapUrl(`imap://u:${password}@127.0.0.1:${(server.address() as AddressInfo).port}`);
  const { signal } = new AbortController();
  const opening = openImap({ url, folder: 'INBOX', bytesMax: 1000, timeoutMs: 1000, canRemove: false, signal });
  await assert.rejects(opening, (error) => {
    const all = inspect(error, { depth: 10 });
    return error instanceof ImapTrouble && all.includes('***') && !forms.some((form) => all.includes(form));
  });
  await new Promise((resolve) => server.close(resolve));
});
