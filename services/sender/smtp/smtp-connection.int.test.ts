// sender: one connection against mail servers that behave and that do not.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { inspect } from 'node:util';
import { openSmtpConnection } from './smtp-connection.ts';
import type { SmtpConnection, SmtpMail } from './smtp-connection.ts';
import { SmtpError } from './smtp-errors.ts';
import type { SmtpErrorKind, SmtpPhase } from './smtp-errors.ts';
import type { SmtpTimeouts } from './smtp-handshake.ts';
import {
  answer,
  politely,
  startRealServer,
  startScriptedServer,
  testCertificate,
  testKey,
} from './smtp-servers.fixture.ts';
import type { Step, TestServer } from './smtp-servers.fixture.ts';
import { parseSmtpUrl } from './smtp-url.ts';

const mail: SmtpMail = {
  from: 'hub@example.it',
  to: ['sdi@example.it'],
  raw: Buffer.from('Subject: x\r\n\r\nbody\r\n.dot\r\n'),
};
const mailBytes = Buffer.from('Subject: x\r\n\r\nbody\r\n.dot\r\n');
const cleanUps: Array<() => Promise<void> | void> = [];
after(async () => {
  for (const cleanUp of cleanUps.reverse()) await cleanUp();
});

function keep<T extends TestServer>(server: T): T {
  cleanUps.push(() => server.stop());
  return server;
}

async function open(
  port: number,
  query = '',
  timeouts: Partial<SmtpTimeouts> = {},
  login = '',
): Promise<SmtpConnection> {
  const url = parseSmtpUrl(`smtp://${login}localhost:${port}${query}`);
  const connection = await openSmtpConnection({
    url: { ...url, host: '127.0.0.1' },
    timeouts,
    tls: { ca: testCertificate },
  });
  cleanUps.push(() => connection.destroy());
  return connection;
}

async function scripted(greeting: Step, onLine: (line: string, connection: number) => Step = (line) => politely(line)) {
  return keep(await startScriptedServer(greeting, onLine));
}

async function failure(work: Promise<unknown>, kind: SmtpErrorKind, phase: SmtpPhase): Promise<SmtpError> {
  const error = await work.then(
    () => assert.fail('it did not fail'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof SmtpError, String(error));
  assert.deepEqual([error.kind, error.phase], [kind, phase], error.message);
  assert.ok(error.advice.length > 10);
  return error;
}

test('a mail arrives with its envelope and its exact bytes', async () => {
  const server = keep(await startRealServer());
  const receipt = await (await open(server.port)).send(mail);
  assert.match(receipt.response, /^250 /);
  assert.deepEqual(server.mails, [{ from: 'hub@example.it', to: ['sdi@example.it'], content: mailBytes }]);
});

test('a mail of several MiB in pieces arrives whole', async () => {
  const server = keep(await startRealServer());
  const line = `.${'x'.repeat(74)}\r\n`;
  const raw = [Buffer.from('Subject: x\r\n\r\n'), ...Array.from({ length: 10 }, () => Buffer.from(line.repeat(5_000)))];
  await (await open(server.port)).send({ ...mail, raw });
  assert.ok(server.mails[0]?.content.equals(Buffer.concat(raw)));
});

test('one connection carries many mails', async () => {
  const server = keep(await startRealServer());
  const connection = await open(server.port);
  for (let count = 0; count < 20; count += 1) await connection.send(mail);
  assert.equal(server.mails.length, 20);
  assert.equal(server.connections(), 1);
});

test('STARTTLS is taken where offered, and the login goes over it, by PLAIN and by LOGIN', async () => {
  for (const method of ['PLAIN', 'LOGIN']) {
    const seen: string[] = [];
    const server = keep(
      await startRealServer({
        disabledCommands: [],
        key: testKey,
        cert: testCertificate,
        authOptional: false,
        authMethods: [method],
        onAuth(auth, session, done) {
          seen.push(`${auth.method} ${auth.username} ${auth.password} ${session.secure}`);
          done(null, { user: auth.username });
        },
      }),
    );
    const connection = await open(server.port, '?starttls=required', {}, 'us%C3%A8r:p%3Aw@');
    await connection.send(mail);
    assert.equal(connection.isEncrypted, true);
    assert.deepEqual(seen, [`${method} usèr p:w true`]);
    assert.equal(server.mails.length, 1);
  }
});

test('smtps is encrypted from the first byte', async () => {
  const server = keep(await startRealServer({ secure: true, key: testKey, cert: testCertificate }));
  const url = parseSmtpUrl(`smtps://localhost:${server.port}`);
  const connection = await openSmtpConnection({ url, tls: { ca: testCertificate } });
  cleanUps.push(() => connection.destroy());
  await connection.send(mail);
  assert.equal(server.mails.length, 1);
});

test('a certificate that nobody vouches for is refused, with the way out, and taken when told so', async () => {
  const server = keep(await startRealServer({ disabledCommands: [], key: testKey, cert: testCertificate }));
  const strict = openSmtpConnection({ url: parseSmtpUrl(`smtp://localhost:${server.port}`) });
  const error = await failure(strict, 'unreachable', 'starttls');
  assert.match(error.advice, /NODE_EXTRA_CA_CERTS/);
  const lenient = await openSmtpConnection({
    url: parseSmtpUrl(`smtp://localhost:${server.port}?rejectUnauthorized=false`),
  });
  cleanUps.push(() => lenient.destroy());
  await lenient.send(mail);
});

test('speaking smtps to a plain port says so', async () => {
  const server = await scripted('220 hi');
  const url = parseSmtpUrl(`smtps://127.0.0.1:${server.port}`);
  assert.match((await failure(openSmtpConnection({ url }), 'unreachable', 'connect')).advice, /Encryption failed/);
});

test('STARTTLS that is required but not offered stops everything', async () => {
  const server = await scripted('220 hi');
  await failure(open(server.port, '?starttls=required'), 'unreachable', 'starttls');
  assert.ok(!server.heard.some((line) => line.startsWith('MAIL')));
});

test('words slipped in ahead of the encryption end the connection', async () => {
  const server = await scripted('220 hi', (line) =>
    line === 'STARTTLS' ? '220 go\r\n250 injected' : politely(line, ['STARTTLS']),
  );
  const error = await failure(open(server.port), 'unreachable', 'starttls');
  assert.match(error.message, /unasked|ahead of the encryption/);
});

test("a wrong password is the server's trouble, not the mail's, and is not repeated in the error", async () => {
  const server = keep(
    await startRealServer({
      allowInsecureAuth: true,
      authOptional: false,
      onAuth: (_auth, _session, done) => done(null, {}),
    }),
  );
  const error = await failure(open(server.port, '', {}, 'user:secret@'), 'unreachable', 'authentication');
  assert.equal(error.code, 535);
  assert.match(error.message, /Check user and password/);
  assert.doesNotMatch(error.message, /secret|c2VjcmV0/);
});

test('a server that says the refused login once more does not make us repeat the password', async () => {
  const server = await scripted('220 hi', (line) =>
    /^AUTH/i.test(line) ? `535 you said ${line} c2VjcmV0 secret` : politely(line, ['AUTH PLAIN']),
  );
  const error = await failure(open(server.port, '', {}, 'user:secret@'), 'unreachable', 'authentication');
  assert.doesNotMatch(inspect(error, { depth: 10 }), /secret|c2VjcmV0|AHVzZXIAc2VjcmV0/);
});

test('a server that wants a login first pauses sending', async () => {
  const server = keep(await startRealServer({ allowInsecureAuth: true, authOptional: false }));
  const error = await failure((await open(server.port)).send(mail), 'unreachable', 'envelope');
  assert.equal(error.code, 530);
});

test('a server without a login that we know is named with what it offers', async () => {
  const server = await scripted('220 hi', (line) => politely(line, ['AUTH GSSAPI']));
  assert.match(
    (await failure(open(server.port, '', {}, 'u:p@'), 'unreachable', 'authentication')).message,
    /only GSSAPI/,
  );
});

test('a server that does not know EHLO is spoken to by HELO, one command at a time', async () => {
  const server = await scripted('220 old', (line) => (line.startsWith('EHLO') ? '502 what' : politely(line)));
  await (await open(server.port)).send(mail);
  assert.deepEqual(server.heard.slice(1), [
    'HELO [127.0.0.1]',
    'MAIL FROM:<hub@example.it>',
    'RCPT TO:<sdi@example.it>',
    'DATA',
    '.',
  ]);
});

test('a mail larger than announced is refused before a word is sent', async () => {
  const server = await scripted('220 hi', (line) => politely(line, ['SIZE 20']));
  const connection = await open(server.port);
  const error = await failure(connection.send(mail), 'permanent', 'envelope');
  assert.match(error.message, /26 bytes, the mail server takes 20/);
  assert.equal(server.heard.length, 1);
  assert.equal(connection.isOpen, true);
});

test('an address that could end a command is refused before a word is sent', async () => {
  const server = await scripted('220 hi');
  const connection = await open(server.port);
  for (const address of ['a@b>\r\nRCPT TO:<c@d', 'a b@c', '<a@b>', 'nobody', '']) {
    await failure(connection.send({ ...mail, to: [address] }), 'permanent', 'envelope');
  }
  await failure(connection.send({ ...mail, to: [] }), 'permanent', 'envelope');
  assert.equal(server.heard.length, 1);
});

const refusals: ReadonlyArray<readonly [string, string, SmtpErrorKind, SmtpPhase]> = [
  ['MAIL', '451 4.7.1 greylisted', 'temporary', 'envelope'],
  ['MAIL', '553 5.7.1 not your mailbox', 'permanent', 'envelope'],
  ['RCPT', '450 4.2.0 busy', 'temporary', 'envelope'],
  ['RCPT', '550 5.1.1 nobody', 'permanent', 'envelope'],
  ['DATA', '452 full', 'temporary', 'data'],
  ['DATA', '554 no', 'permanent', 'data'],
  ['.', '451 later', 'temporary', 'data-end'],
  ['.', '554 5.6.0 spam', 'permanent', 'data-end'],
];
for (const extensions of [['PIPELINING'], []]) {
  for (const [at, reply, kind, phase] of refusals) {
    test(`${reply} to ${at} is ${kind}, the next mail passes there (${extensions[0] ?? 'plain'})`, async () => {
      let first = true;
      const server = await scripted('220 hi', (line) => {
        if (!first || !line.startsWith(at)) return answerAfterRefusal(line, first, server.heard, extensions);
        first = at !== line.slice(0, at.length);
        return reply;
      });
      const connection = await open(server.port);
      const error = await failure(connection.send(mail), kind, phase);
      assert.equal(error.code, Number(reply.slice(0, 3)));
      assert.match((await connection.send(mail)).response, /taken/);
      assert.ok(server.heard.includes('RSET'));
    });
  }
}

/** A server refuses DATA while the envelope was refused, until RSET. */
function answerAfterRefusal(
  line: string,
  first: boolean,
  heard: readonly string[],
  extensions: readonly string[],
): string {
  const envelopeLost = !first && !heard.includes('RSET');
  if (envelopeLost && (line === 'DATA' || line.startsWith('RCPT'))) return '503 bad sequence';
  return politely(line, extensions);
}

test('a server that asks for content after it refused the recipient gets none: we hang up', async () => {
  const server = await scripted('220 hi', (line) =>
    line.startsWith('RCPT') ? '550 nobody' : politely(line, ['PIPELINING']),
  );
  const connection = await open(server.port);
  await failure(connection.send(mail), 'permanent', 'envelope');
  assert.equal(connection.isOpen, false);
  assert.ok(!server.heard.includes('.'));
});

test('one refused recipient of two refuses the mail, and the other gets nothing', async () => {
  const server = keep(
    await startRealServer({
      onRcptTo: (to, _session, done) => done(to.address === 'no@x.it' ? answer(550, 'no') : null),
    }),
  );
  const connection = await open(server.port);
  await failure(connection.send({ ...mail, to: ['yes@x.it', 'no@x.it'] }), 'permanent', 'envelope');
  await connection.send({ ...mail, to: ['yes@x.it', 'too@x.it'] });
  assert.deepEqual(
    server.mails.map((each) => each.to),
    [['yes@x.it', 'too@x.it']],
  );
});

const partings: ReadonlyArray<readonly [string, SmtpErrorKind, SmtpPhase]> = [
  ['EHLO', 'unreachable', 'hello'],
  ['MAIL', 'temporary', 'envelope'],
  ['DATA', 'temporary', 'data'],
  ['.', 'temporary', 'data-end'],
];
for (const [at, kind, phase] of partings) {
  test(`421 to ${at} is ${kind} and ends the connection`, async () => {
    const server = await scripted('220 hi', (line) => (line.startsWith(at) ? '421 4.3.2 going down' : politely(line)));
    const work = open(server.port).then(async (connection) => {
      await failure(connection.send(mail), kind, phase);
      assert.equal(connection.isOpen, false);
    });
    if (at === 'EHLO') await failure(work, kind, phase);
    else await work;
  });
}

const cuts: ReadonlyArray<readonly [string, SmtpErrorKind, SmtpPhase]> = [
  ['EHLO', 'unreachable', 'hello'],
  ['MAIL', 'temporary', 'envelope'],
  ['DATA', 'temporary', 'data'],
  ['.', 'uncertain', 'data-end'],
];
for (const [at, kind, phase] of cuts) {
  for (const step of ['cut', 'hang', 'HTTP/1.1 200 OK']) {
    test(`${step} at ${at} is ${kind}`, async () => {
      const server = await scripted('220 hi', (line) => (line.startsWith(at) ? step : politely(line)));
      const timeouts = { commandMs: 200, dataEndMs: 200 };
      await failure(
        open(server.port, '', timeouts).then((connection) => connection.send(mail)),
        kind,
        phase,
      );
    });
  }
}

test('an uncertain mail is said to be so, with what to do', async () => {
  const server = await scripted('220 hi', (line) => (line === '.' ? 'cut' : politely(line)));
  const error = await failure((await open(server.port)).send(mail), 'uncertain', 'data-end');
  assert.match(error.message, /sent in full but not confirmed.*Message-ID.*RFC 1047/);
});

test('a server that never greets, greets wrongly or is not there is unreachable', async () => {
  const silent = await scripted('hang');
  await failure(open(silent.port, '', { greetingMs: 100 }), 'unreachable', 'greeting');
  const full = await scripted('554 no service');
  await failure(open(full.port), 'unreachable', 'greeting');
  const gone = await startScriptedServer('220 hi', (line) => politely(line));
  await gone.stop();
  assert.match((await failure(open(gone.port), 'unreachable', 'connect')).advice, /Nothing listens there/);
  const url = parseSmtpUrl('smtp://no-such-host.invalid');
  await failure(openSmtpConnection({ url }), 'unreachable', 'connect');
});

test('a server that stops reading in the middle of a mail is given up, the mail certainly not taken', async () => {
  const server = await scripted('220 hi', (line) => (line === 'DATA' ? '354 deaf' : politely(line)));
  const connection = await open(server.port, '', { dataBlockMs: 200 });
  await failure(connection.send({ ...mail, raw: Buffer.alloc(64 * 1024 * 1024, 'x\r\n') }), 'temporary', 'content');
});

test('a slow server is waited for', async () => {
  const server = keep(
    await startRealServer({}, () => new Promise((resolve) => setTimeout(() => resolve(undefined), 300))),
  );
  await (await open(server.port)).send(mail);
  assert.equal(server.mails.length, 1);
});
