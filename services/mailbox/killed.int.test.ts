// mailbox: killed with -9 again and again in the middle of its work, it answers for each mail, under one key each.
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { services } from '@staffetta/flow/services.ts';
import { imapUrl, servers } from '@staffetta/tools/servers/available.ts';
import { freePort } from '@staffetta/tools/servers/child.ts';
import { listMails } from './mail-rows.ts';
import {
  eventually,
  freshAddress,
  imapUrlOf,
  noticeMail,
  openPostbox,
  startHub,
  type TestHub,
} from './mailbox-test-kit.ts';

const needs = { skip: servers.postgres.missing || servers.smtp.missing };
const mails = 200;
const mainFile = fileURLToPath(new URL('./main.ts', import.meta.url));

let hub: TestHub;
let child: ChildProcess | undefined;

before(async () => {
  if (!needs.skip) hub = await startHub();
});

after(async () => {
  if (needs.skip) return;
  child?.kill('SIGKILL');
  await hub.end();
});

/** A shift of ports at which the mailbox's own is free. */
async function freeOffset(): Promise<number> {
  for (;;) {
    const offset = (await freePort()) - services.mailbox.port;
    if (offset >= 0 && offset <= 50_000) return offset;
  }
}

function startChild(environment: Readonly<Record<string, string>>): ChildProcess {
  return spawn(process.execPath, [mainFile], { env: { ...process.env, ...environment }, stdio: 'ignore' });
}

test('kill -9 at any moment: each mail is answered for, and never under a second key', needs, async () => {
  const address = freshAddress();
  const url = imapUrlOf(imapUrl(), address);
  const postbox = await openPostbox(url);
  for (let n = 0; n < mails; n++) await postbox.put(noticeMail(`IT01234567890_${String(n).padStart(5, '0')}`));
  const offset = await freeOffset();
  const ready = `http://127.0.0.1:${services.mailbox.port + offset}/actuator/health/readiness`;
  const environment = {
    STAFFETTA_PORT_OFFSET: String(offset),
    STAFFETTA_HOST: '127.0.0.1',
    DATABASE_URL: hub.world.store.url,
    RECEIVER_URL: hub.receiver.url,
    DBMANAGER_URL: hub.dbmanager.url,
    CONFIG_URL: 'off',
    EUREKA_URLS: 'off',
    PEC_ADDRESS: address,
    IMAP_URL: url,
    LOG_LEVEL: 'error',
  };
  let kills = 0;
  const taken = (): number => new Set(hub.receiver.calls.map(({ headers }) => headers['x-correlation-id'])).size;
  for (let goal = 20; goal < mails; goal += 40) {
    child = startChild(environment);
    await eventually(`${goal} are handed over`, () => taken() >= goal);
    await sleep(kills * 7);
    child.kill('SIGKILL');
    await once(child, 'exit');
    kills += 1;
  }
  assert.equal(kills, 5);
  child = startChild(environment);
  await eventually('all are handed over', () => taken() >= mails);
  const rows = async () => (await listMails(hub.world.store, {}, { number: 0, size: mails })).toReversed();
  await eventually('all is noted', async () => (await rows()).every(({ nextTryAt }) => nextTryAt === null));
  const all = await rows();
  assert.equal(all.length, mails);
  assert.deepEqual(new Set(all.map(({ state }) => state)), new Set(['understood']));
  // Each notice under the key of its one mail, however often; in the order of the mailbox, but for those that are handed over together.
  const calls = hub.receiver.calls.map(({ query, headers }) => ({
    name: query.get('fileName') ?? '',
    key: String(headers['x-correlation-id']),
  }));
  const names = [...new Set(calls.map(({ name }) => name))];
  assert.deepEqual([names.length, new Set(calls.map(({ name, key }) => `${name} ${key}`)).size], [mails, mails]);
  for (const [place, name] of names.entries()) {
    const off = Math.abs(place - Number(name.slice('IT01234567890_'.length, -'_RC_001.xml'.length)));
    assert.ok(off < 32, `${name} is handed over ${off} places from its own`);
  }
  await eventually('it is ready', () =>
    fetch(ready).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
  child.kill('SIGTERM');
  const [code] = (await once(child, 'exit')) as [number | null];
  assert.equal(code, 0);
  await postbox.close();
});
