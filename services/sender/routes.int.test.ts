// sender: its paths answer operators and nobody else, and say what is wrong with a question.
import { callerHeader, signCaller, type Role } from '@staffetta/platform/http/caller.ts';
import { createHttpServer, type HttpServer } from '@staffetta/platform/http/server.ts';
import { migrate } from '@staffetta/platform/store/migrate.ts';
import { testWorld, type TestWorld } from '@staffetta/platform/test-world.ts';
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { mailRow } from './mailing.fixture.ts';
import { recordMails, type MailState } from './mails.ts';
import { addRoutes } from './routes.ts';
import { keepAddress } from './sdi-addresses.ts';

let world: TestWorld;
const servers: HttpServer[] = [];
const mailboxes = ['fatture@staffetta.example', 'Due@pec.example.it'];

before(async () => {
  world = await testWorld();
  await migrate(world.store, 'sender', new URL('./migrations/', import.meta.url));
});

after(async () => {
  for (const server of servers) await server.close();
  await world.end();
});

async function serve(trustDirectCalls: boolean): Promise<HttpServer> {
  const { clock, log, version } = world;
  const server = await createHttpServer({
    service: 'sender',
    says: 'test',
    version,
    clock,
    log,
    bodyBytesMax: 1024,
    health: [],
  });
  addRoutes(server.app, {
    world: { ...world, trustDirectCalls },
    mailboxes,
    values: { mailTo: 'sdi01@pec.fatturapa.it' },
  });
  servers.push(server);
  return server;
}

async function statusOf(server: HttpServer, url: string, header?: string): Promise<number> {
  const headers = header === undefined ? {} : { [callerHeader]: header };
  return (await server.app.inject({ method: 'GET', url, headers })).statusCode;
}

function signed(role: Role): string {
  return signCaller(world.callerSecret, { name: 'someone', roles: [role] }, world.clock.now());
}

test('mails are shown to operators alone, and to direct calls only where these are trusted', async () => {
  const [closed, open] = [await serve(false), await serve(true)];
  assert.equal(await statusOf(closed, '/api/mails'), 401);
  assert.equal(await statusOf(open, '/api/mails'), 200);
  for (const server of [closed, open]) {
    assert.equal(await statusOf(server, '/api/mails', signed('ARUBA')), 200);
    assert.equal(await statusOf(server, '/api/mails', signed('SDI')), 403);
    assert.equal(await statusOf(server, '/api/mails', signed('CUSTOMER')), 403);
    assert.equal(await statusOf(server, '/api/mails', 'made.up'), 401);
  }
});

test('mails are shown by the page, with the count of all that fit', async () => {
  const server = await serve(true);
  await recordMails(
    world.store,
    ['sent', 'sent', 'refused'].map((state, index) =>
      mailRow({ fileName: `IT01234567890_0000${index}.xml`, state: state as MailState, lastAt: world.clock.now() }),
    ),
  );
  const ask = async (query: string) => {
    const { content, totalElements, totalPages, last } = (await server.app.inject(`/api/mails?${query}`)).json();
    return { rows: content.length, totalElements, totalPages, last };
  };
  assert.deepEqual(await ask('state=sent&size=1'), { rows: 1, totalElements: 2, totalPages: 2, last: false });
  assert.deepEqual(await ask('size=2&page=1'), { rows: 1, totalElements: 3, totalPages: 2, last: true });
  assert.deepEqual(await ask('size=2&page=9'), { rows: 0, totalElements: 3, totalPages: 2, last: true });
});

test('a question that the database could not take is refused as wrong', async () => {
  const server = await serve(true);
  for (const query of ['fileName=%00', 'state=lost', 'page=9007199254740991', 'size=0', 'size=1.5']) {
    assert.equal(await statusOf(server, `/api/mails?${query}`), 400, query);
  }
});

test("SdI's address of each mailbox is shown, and what SdI named can be forgotten by operators alone", async () => {
  const server = await serve(true);
  const learnedAt = new Date('2026-11-25T09:00:00Z');
  const learned = { mailbox: 'due@pec.example.it', address: 'sdi48@pec.fatturapa.it', learnedAt, mailId: 'm-1' };
  await keepAddress(world.store, { ...learned, byAnswer: true });
  const show = async (): Promise<readonly unknown[]> => (await server.app.inject('/api/addresses')).json();
  const first = { address: 'sdi01@pec.fatturapa.it', learned: false, learnedAt: null, mailId: null };
  const main = { mailbox: 'fatture@staffetta.example', ...first };
  assert.deepEqual(await show(), [{ ...learned, learnedAt: learnedAt.toISOString(), learned: true }, main]);

  const forget = async (headers: Record<string, string> = {}) =>
    (await server.app.inject({ method: 'DELETE', url: '/api/addresses/DUE@pec.example.it', headers })).statusCode;
  assert.equal(await forget({ [callerHeader]: signed('CUSTOMER') }), 403);
  assert.equal(await forget(), 200);
  assert.equal(await forget(), 404);
  assert.deepEqual(await show(), [{ mailbox: 'Due@pec.example.it', ...first }, main]);
});
