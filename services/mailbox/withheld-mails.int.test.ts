// mailbox: a mail that a server's answer leaves out is asked for again, and those behind it never make it forgotten.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { servers } from '@staffetta/tools/servers/available.ts';
import {
  eventually,
  freshAddress,
  imapUrlOf,
  noticeMail,
  startHub,
  startService,
  type TestHub,
} from './mailbox-test-kit.ts';
import { startWithholding } from './withholding-imap.fixture.ts';

const needs = { skip: servers.postgres.missing };
let hub: TestHub;

before(async () => {
  if (!needs.skip) hub = await startHub();
});

after(async () => {
  if (!needs.skip) await hub.end();
});

function fourMails(): Map<number, Buffer> {
  return new Map([1, 2, 3, 4].map((uid) => [uid, noticeMail(`IT01234567890_W000${uid}`)]));
}

for (const [what, why] of [
  ['text', 'NOT_FETCHED'],
  ['size', undefined],
] as const) {
  test(`a mail whose ${what} an answer leaves out is not forgotten for those behind it`, needs, async () => {
    const server = await startWithholding(fourMails());
    server.withheld[what].add(2);
    const address = freshAddress();
    const service = await startService(hub.world, { PEC_ADDRESS: address, IMAP_URL: imapUrlOf(server.url, address) });
    try {
      await eventually('all have their row', async () => (await service.mails(`mailbox=${address}`)).length === 4);
      await eventually('all are looked at', async () => (await service.mails('state=stored')).length === 0);
      const rows = (await service.mails(`mailbox=${address}`)).toSorted((one, other) => one.uid - other.uid);
      assert.deepEqual(
        rows.map(({ uid, why: words }) => [uid, words?.code]),
        [
          [1, undefined],
          [2, why],
          [3, undefined],
          [4, undefined],
        ],
      );
    } finally {
      await service.stop();
      await server.close();
    }
  });
}

test('mails that the server does not let us delete do not count as deleted', needs, async () => {
  const server = await startWithholding(fourMails());
  server.withheld.changes = true;
  const address = freshAddress();
  const box = { PEC_ADDRESS: address, IMAP_URL: imapUrlOf(server.url, address), MAILBOX_DELETE_AFTER: '1h' };
  const service = await startService(hub.world, box);
  const removed = async (): Promise<number> =>
    (await service.mails(`mailbox=${address}`)).filter(({ removedAt }) => removedAt !== undefined).length;
  try {
    // What came of a mail is noted a little after it is understood; its age counts from then.
    await eventually('all are done', async () => {
      const understood = await service.mails(`mailbox=${address}&state=understood`);
      return understood.length === 4 && understood.every(({ nextTryAt }) => nextTryAt === undefined);
    });
    hub.world.clock.turn(2 * 3_600_000);
    await eventually('it was tried twice', () => server.tries() > 1);
    assert.equal(await removed(), 0);
    server.withheld.changes = false;
    await eventually('they are deleted', async () => (await removed()) === 4);
  } finally {
    await service.stop();
    await server.close();
  }
});
