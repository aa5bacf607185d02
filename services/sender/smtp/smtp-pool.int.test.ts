// sender: the pool of connections, shared fairly, opened when needed, honest when nothing can be had.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { SmtpMail } from './smtp-connection.ts';
import { SmtpError } from './smtp-errors.ts';
import { createSmtpPool } from './smtp-pool.ts';
import type { SmtpPool, SmtpPoolOptions } from './smtp-pool.ts';
import { politely, startRealServer, startScriptedServer } from './smtp-servers.fixture.ts';
import type { Step, TestServer } from './smtp-servers.fixture.ts';
import { parseSmtpUrl } from './smtp-url.ts';

const cleanUps: Array<() => Promise<void>> = [];
after(async () => {
  for (const cleanUp of cleanUps.reverse()) await cleanUp();
});

function keep<T extends TestServer>(server: T): T {
  cleanUps.push(() => server.stop());
  return server;
}

function poolFor(port: number, options: Partial<SmtpPoolOptions> = {}): SmtpPool {
  const pool = createSmtpPool({ url: parseSmtpUrl(`smtp://127.0.0.1:${port}`), ...options });
  cleanUps.push(() => pool.close(0));
  return pool;
}

function mailNumber(count: number): SmtpMail {
  return { from: 'hub@example.it', to: ['sdi@example.it'], raw: Buffer.from(`Subject: ${count}\r\n\r\nbody\r\n`) };
}

function mails(count: number): SmtpMail[] {
  return Array.from({ length: count }, (_, at) => mailNumber(at));
}

async function kindOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'sent',
    (error: unknown) => (error instanceof SmtpError ? error.kind : String(error)),
  );
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

test('many mails at once share the connections and each arrives once', async () => {
  const server = keep(await startRealServer());
  const pool = poolFor(server.port, { connectionsMax: 3 });
  await Promise.all(mails(100).map((mail) => pool.send(mail)));
  const subjects = server.mails
    .map((mail) => Number(/Subject: (\d+)/.exec(mail.content.toString())?.[1]))
    .sort((a, b) => a - b);
  assert.deepEqual(
    subjects,
    Array.from({ length: 100 }, (_, at) => at),
  );
  assert.equal(server.connections(), 3);
  assert.deepEqual(pool.stats, { open: 3, idle: 3, opening: 0, queued: 0, sent: 100, failed: 0 });
});

test('nothing connects before there is something to send', async () => {
  const server = keep(await startRealServer());
  const pool = poolFor(server.port);
  assert.equal(pool.stats.open + pool.stats.opening, 0);
  await pool.send(mailNumber(0));
  assert.equal(server.connections(), 1);
});

test('mails are taken first come, first served', async () => {
  const server = keep(await startRealServer());
  const pool = poolFor(server.port, { connectionsMax: 1 });
  await Promise.all(mails(10).map((mail) => pool.send(mail)));
  assert.deepEqual(
    server.mails.map((mail) => mail.content.toString().slice(9, 10)),
    [...'0123456789'],
  );
});

test('a mail whose beginning fails is not sent, and its connection serves the next', async () => {
  const server = keep(await startRealServer());
  const pool = poolFor(server.port, { connectionsMax: 1 });
  const begin = async (): Promise<void> => {
    throw new Error('not now');
  };
  await assert.rejects(pool.send(mailNumber(0), begin), /not now/);
  await pool.send(mailNumber(1));
  assert.deepEqual([server.mails.length, server.connections()], [1, 1]);
});

test('the next mail is not begun before the answer to the one before', async () => {
  let isLater = false;
  const hanging = (line: string): Step => (line === '.' && !isLater ? 'hang' : politely(line, ['PIPELINING']));
  const server = keep(await startScriptedServer('220 hi', hanging));
  const pool = poolFor(server.port, { connectionsMax: 1, timeouts: { dataEndMs: 300 } });
  const first = kindOf(pool.send(mailNumber(0)));
  const second = kindOf(pool.send(mailNumber(1)));
  await until(() => server.heard.includes('.'));
  assert.equal(server.heard.filter((line) => line.startsWith('MAIL')).length, 1);
  isLater = true;
  assert.deepEqual(await Promise.all([first, second]), ['uncertain', 'sent']);
});

test('a connection that stays idle is closed and opened again when needed', async () => {
  const server = keep(await startRealServer());
  const pool = poolFor(server.port, { idleCloseMs: 30 });
  await pool.send(mailNumber(0));
  await until(() => pool.stats.open === 0);
  await pool.send(mailNumber(1));
  assert.equal(server.connections(), 2);
});

test('a warm connection that died unnoticed does not fail the mail', async () => {
  // The second MAIL on any connection finds it dead.
  const tries = new Map<number, number>();
  const dying = (line: string, connection: number): Step => {
    if (!line.startsWith('MAIL')) return politely(line);
    tries.set(connection, (tries.get(connection) ?? 0) + 1);
    return (tries.get(connection) ?? 0) > 1 ? 'cut' : politely(line);
  };
  const server = keep(await startScriptedServer('220 hi', dying));
  const pool = poolFor(server.port, { connectionsMax: 1 });
  for (const mail of mails(3)) await pool.send(mail);
  assert.equal(pool.stats.sent, 3);
  assert.equal(server.heard.filter((line) => line === '.').length, 3);
});

test('a server that parts with 421 after some mails gets the next one on a new connection', async () => {
  let mailsHeard = 0;
  const fussy = (line: string): Step => {
    if (line.startsWith('MAIL')) mailsHeard += 1;
    return line.startsWith('MAIL') && mailsHeard % 3 === 0 ? '421 enough' : politely(line);
  };
  const server = keep(await startScriptedServer('220 hi', fussy));
  const pool = poolFor(server.port, { connectionsMax: 1 });
  for (const mail of mails(6)) await pool.send(mail);
  assert.equal(pool.stats.sent, 6);
});

test('an uncertain mail is never sent again by the pool', async () => {
  const server = keep(await startScriptedServer('220 hi', (line) => (line === '.' ? 'cut' : politely(line))));
  const pool = poolFor(server.port, { connectionsMax: 1 });
  assert.equal(await kindOf(pool.send(mailNumber(0))), 'uncertain');
  assert.equal(server.heard.filter((line) => line === 'DATA').length, 1);
});

test('when no connection can be had, all that waits fails at once', async () => {
  const gone = await startScriptedServer('220 hi', (line) => politely(line));
  await gone.stop();
  const pool = poolFor(gone.port);
  const kinds = await Promise.all(mails(20).map((mail) => kindOf(pool.send(mail))));
  assert.deepEqual(new Set(kinds), new Set(['unreachable']));
  assert.equal(await kindOf(pool.verify()), 'unreachable');
  assert.deepEqual([pool.stats.queued, pool.stats.opening, pool.stats.failed], [0, 0, 20]);
});

test('a server that allows fewer connections than we would like still gets every mail', async () => {
  const server = keep(
    await startScriptedServer('220 hi', (line, connection) =>
      line.startsWith('EHLO') && connection > 0 ? '421 too many' : politely(line),
    ),
  );
  const pool = poolFor(server.port, { connectionsMax: 4 });
  const kinds = await Promise.all(mails(30).map((mail) => kindOf(pool.send(mail))));
  assert.deepEqual(new Set(kinds), new Set(['sent']));
});

test('verify tells whether mails could be sent, on a cold pool and on a warm one', async () => {
  const server = keep(await startRealServer());
  const pool = poolFor(server.port);
  await pool.verify();
  await pool.verify();
  assert.equal(server.connections(), 1);
  assert.equal(pool.stats.sent, 0);
});

test('closing lets what was handed over finish and refuses what comes later', async () => {
  const server = keep(
    await startRealServer({}, () => new Promise((resolve) => setTimeout(() => resolve(undefined), 20))),
  );
  const pool = poolFor(server.port, { connectionsMax: 2 });
  const kinds = mails(6).map((mail) => kindOf(pool.send(mail)));
  await pool.close();
  assert.equal(await kindOf(pool.send(mailNumber(9))), 'unreachable');
  assert.deepEqual(new Set(await Promise.all(kinds)), new Set(['sent']));
  assert.equal(server.mails.length, 6);
  assert.equal(pool.stats.open, 0);
});

test('closing does not wait for ever: what hangs ends uncertain, what waits unsent', async () => {
  const server = keep(await startScriptedServer('220 hi', (line) => (line === '.' ? 'hang' : politely(line))));
  const pool = poolFor(server.port, { connectionsMax: 1 });
  const kinds = mails(2).map((mail) => kindOf(pool.send(mail)));
  await until(() => server.heard.includes('.'));
  await pool.close(20);
  assert.deepEqual(await Promise.all(kinds), ['uncertain', 'unreachable']);
});

test('a pool of no connections is refused', () => {
  assert.throws(() => createSmtpPool({ url: parseSmtpUrl('smtp://h'), connectionsMax: 0 }), /connectionsMax/);
});
