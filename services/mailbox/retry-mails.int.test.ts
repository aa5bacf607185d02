// mailbox: all mails that wait for one reason are tried again at once, a bounded number per call, and no others.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { callerHeader, signCaller, type Role } from '@staffetta/platform/http/caller.ts';
import { imapUrl, servers } from '@staffetta/tools/servers/available.ts';
import {
  eventually,
  freshAddress,
  imapUrlOf,
  noticeMail,
  openPostbox,
  startHub,
  startService,
  taken,
  type TestHub,
  type TestService,
} from './mailbox-test-kit.ts';
import { retriedMax } from './retry-mails.ts';

const needs = { skip: servers.postgres.missing };
const needsMail = { skip: servers.postgres.missing || servers.smtp.missing };

let hub: TestHub;
const running: TestService[] = [];
before(async () => {
  if (!needs.skip) hub = await startHub();
});
after(async () => {
  await Promise.all(running.map((service) => service.stop()));
  if (!needs.skip) await hub.end();
});

async function start(...parts: Parameters<typeof startService>): Promise<TestService> {
  const service = await startService(...parts);
  running.push(service);
  return service;
}

/** What nobody reads: rows of a mailbox that no settings name. */
async function keep(count: number, mailbox: string, why: string, state = 'quarantined', bytes: Buffer | null = null) {
  await hub.world.store.query({
    text: `INSERT INTO mailbox.mail (mail_id, mailbox, folder, uidvalidity, uid, bytes, size, stored_at, state, why, tries, updated_at)
      SELECT gen_random_uuid(), $2, $3, 1, n, $5, 1, now(), $4, $3, 3, now() FROM generate_series(1, $1::int) n`,
    values: [count, mailbox, why, state, bytes],
  });
}

const some = Buffer.from('x');

test(
  'all that wait for a reason are put back, a bounded number per call, each act noted; the rest stays',
  needs,
  async () => {
    const service = await start(hub.world, {});
    const [one, other] = [freshAddress(), freshAddress()];
    await keep(retriedMax + 2, one, 'UNKNOWN_RECIPIENT', 'quarantined', some);
    await keep(1, one, 'NOT_HANDED_OVER', 'failed', some);
    await keep(1, other, 'UNKNOWN_RECIPIENT', 'quarantined', some);
    const wish = { why: 'UNKNOWN_RECIPIENT', mailbox: one.toUpperCase() };
    const first = await service.post('/api/mails/retry', wish);
    assert.deepEqual([first.status, first.body['retried']], [202, retriedMax]);
    const waiting = async (mailbox: string) => (await service.mails(`state=quarantined&mailbox=${mailbox}`)).length;
    assert.deepEqual([await waiting(one), await waiting(other)], [2, 1]);
    const second = await service.post('/api/mails/retry', { ...wish, after: first.body['next'] });
    assert.deepEqual([second.status, second.body], [202, { retried: 2 }]);
    const [newest] = await service.mails(`state=stored&mailbox=${one}`);
    assert.ok(newest?.nextTryAt && newest.tries === 0 && newest.why === undefined);
    const noted = (await (await fetch(`${service.url}/api/mails/${newest.mailId}`)).json()) as { acts: unknown[] };
    assert.equal(noted.acts.length, 1);
    const everywhere = await service.post('/api/mails/retry', { why: 'UNKNOWN_RECIPIENT' });
    assert.deepEqual([everywhere.body, await waiting(other)], [{ retried: 1 }, 0]);
    assert.equal((await service.mails(`state=failed&mailbox=${one}`)).length, 1);
  },
);

test(
  'who goes on from the last call never meets a mail twice, though it waits for the same reason again',
  needs,
  async () => {
    const service = await start(hub.world, {});
    const box = freshAddress();
    await keep(retriedMax, box, 'NOT_VERIFIED', 'quarantined', some);
    const wish = { why: 'NOT_VERIFIED', mailbox: box };
    const { body } = await service.post('/api/mails/retry', wish);
    await hub.world.store.query({
      text: `UPDATE mailbox.mail SET state = 'quarantined', why = 'NOT_VERIFIED' WHERE mailbox = $1`,
      values: [box],
    });
    assert.deepEqual((await service.post('/api/mails/retry', { ...wish, after: body['next'] })).body, { retried: 0 });
  },
);

test('a slip in the name of a field does not put back the mails of all mailboxes', needs, async () => {
  const service = await start(hub.world, {});
  const box = freshAddress();
  await keep(1, box, 'ANOMALY', 'quarantined', some);
  assert.equal((await service.post('/api/mails/retry', { why: 'ANOMALY', mailBox: freshAddress() })).status, 400);
  assert.equal((await service.mails(`state=quarantined&mailbox=${box}`)).length, 1);
});

test('what was never fetched and lies under an old numbering is left alone', needs, async () => {
  const service = await start(hub.world, {});
  const box = freshAddress();
  await keep(1, box, 'TOO_LARGE');
  const { body } = await service.post('/api/mails/retry', { why: 'TOO_LARGE', mailbox: box });
  assert.deepEqual(body, { retried: 0 });
});

test('mails that were refused are all handed over once what was wrong is put right', needsMail, async () => {
  const address = freshAddress();
  const url = imapUrlOf(imapUrl(), address);
  const postbox = await openPostbox(url);
  hub.receiver.reply = () => ({ status: 400, body: { errorMessage: 'It is no notice.' } });
  for (const name of ['IT01234567890_ALL1', 'IT01234567890_ALL2']) await postbox.put(noticeMail(name));
  const service = await start(hub.world, { PEC_ADDRESS: address, IMAP_URL: url });
  const count = async (state: string) => (await service.mails(`state=${state}&mailbox=${address}`)).length;
  await eventually('both are refused', async () => (await count('quarantined')) === 2);
  hub.receiver.reply = () => taken;
  const { body } = await service.post('/api/mails/retry', { why: 'REFUSED', mailbox: address });
  assert.deepEqual(body, { retried: 2 });
  await eventually('both are taken', async () => (await count('understood')) === 2);
  await postbox.close();
});

test('only people with role ARUBA retry, and only for a reason that exists', needs, async () => {
  const service = await start({ ...hub.world, trustDirectCalls: false }, {});
  const { callerSecret, clock } = hub.world;
  const status = async (why: string, roles?: readonly Role[]): Promise<number> => {
    const signed = roles && signCaller(callerSecret, { name: 'x', roles }, clock.now());
    const answer = await fetch(`${service.url}/api/mails/retry`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(signed !== undefined && { [callerHeader]: signed }) },
      body: JSON.stringify({ why }),
    });
    await answer.arrayBuffer();
    return answer.status;
  };
  assert.equal(await status('PARTLY'), 401);
  assert.equal(await status('PARTLY', ['SDI', 'CUSTOMER']), 403);
  assert.equal(await status('PARTLY', ['ARUBA']), 202);
  assert.equal(await status('BOREDOM', ['ARUBA']), 400);
});
