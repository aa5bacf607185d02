// mailbox: a process that dies between two steps loses nothing and does nothing twice; a mail that breaks its reader harms nobody else.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { attachment, pec } from '@staffetta/fatturapa/mail/pec-mail.fixture.ts';
import { HubError } from '@staffetta/flow/errors.ts';
import type { World } from '@staffetta/platform/service.ts';
import { migrate } from '@staffetta/platform/store/migrate.ts';
import type { Statement } from '@staffetta/platform/store/store.ts';
import { migratePlatform } from '@staffetta/platform/store/platform-tables.ts';
import { servers } from '@staffetta/tools/servers/available.ts';
import { listMails } from './mail-rows.ts';
import { fetched, freshAddress, noticeMail, quickSettings, startHub, taken, type TestHub } from './mailbox-test-kit.ts';
import { Neighbours } from './neighbours.ts';
import { findPlace, insertPlace, renumberPlace } from './places.ts';
import { storeMails } from './store-mail.ts';
import { Troubles } from './troubles.ts';
import { openUnderstanding, type Understanding } from './understanding.ts';
import { keepWorking, workThrough, type WorkingParts } from './work-through.ts';

const needs = { skip: servers.postgres.missing };
const values = quickSettings({});
const { signal } = new AbortController();
const understandings: Understanding[] = [];
let hub: TestHub;

before(async () => {
  if (needs.skip) return;
  hub = await startHub();
  await migratePlatform(hub.world.store);
  await migrate(hub.world.store, 'mailbox', new URL('./migrations/', import.meta.url));
  await hub.world.bus.ensureTopics(['pecReceipt', 'sdiAddress']);
});

beforeEach(() => {
  if (needs.skip) return;
  hub.receiver.reply = () => taken;
  hub.receiver.calls.length = 0;
});

after(async () => {
  if (needs.skip) return;
  await Promise.all(understandings.map((one) => one.close()));
  await hub.end();
});

function partsFor(mailbox: string, changes: Partial<WorkingParts> = {}): WorkingParts {
  const understanding = openUnderstanding(values, undefined);
  understandings.push(understanding);
  const { world } = hub;
  const { log, clock } = world;
  const troubles = new Troubles({ mailbox, log, now: () => clock.now(), keep: () => Promise.resolve() });
  return {
    world,
    values,
    mailbox,
    understanding,
    troubles,
    neighbours: new Neighbours(world, { handOverTimeoutMs: 2000 }),
    ...changes,
  };
}

async function putMails(mailbox: string, mails: readonly Buffer[]): Promise<void> {
  await insertPlace(hub.world.store, mailbox, 'INBOX');
  const all = mails.map((bytes, index) => fetched(index + 1, bytes));
  const states = await storeMails(hub.world, { mailbox, folder: 'INBOX', uidvalidity: 1 }, all);
  assert.deepEqual(new Set(states), new Set(['stored']));
}

async function rowsOf(mailbox: string) {
  return (await listMails(hub.world.store, { mailbox }, { number: 0, size: 100 })).toReversed();
}

/** A world whose database fails at some statements, as one does that is killed right then. */
function failingAt(
  statement: string,
  errorOf: (values: readonly unknown[] | undefined) => Error | undefined = () =>
    new HubError('DATABASE_AWAY', 'The connection is gone.'),
): { world: World; failures: () => number } {
  let failures = 0;
  const { world } = hub;
  const fail = ({ name, values }: Partial<Statement>): void => {
    const error = name === statement ? errorOf(values) : undefined;
    if (!error) return;
    failures += 1;
    throw error;
  };
  const store = Object.assign(Object.create(world.store) as World['store'], {
    query: async (one: Statement) => {
      fail(one);
      return world.store.query(one);
    },
    transaction: (work: (tx: unknown) => Promise<unknown>) =>
      world.store.transaction((tx) =>
        work({
          ...tx,
          query: async (one: Statement) => {
            fail(one);
            return tx.query(one);
          },
        }),
      ),
  });
  return { world: { ...world, store, bus: world.bus }, failures: () => failures };
}

for (const [step, statement] of [
  ['understood', 'mailbox-note-understood'],
  ['handed over', 'mailbox-note-answered'],
] as const) {
  test(
    `a kill right after a mail was ${step}, before that is noted: it is done again under the same key`,
    needs,
    async () => {
      const mailbox = freshAddress();
      await putMails(mailbox, [
        noticeMail(`IT01234567890_K${step.length}A`, mailbox),
        noticeMail(`IT01234567890_K${step.length}B`, mailbox),
      ]);
      const killed = failingAt(statement);
      await assert.rejects(workThrough(partsFor(mailbox, { world: killed.world }), signal), /connection is gone/);
      assert.equal(killed.failures(), 1);
      assert.equal(await workThrough(partsFor(mailbox), signal), 'done');
      const rows = await rowsOf(mailbox);
      assert.deepEqual(
        rows.map(({ state, results }) => [state, results.map(({ outcome }) => outcome)]),
        [
          ['understood', ['handedOver', 'handedOver']],
          ['understood', ['handedOver', 'handedOver']],
        ],
      );
      const keys = hub.receiver.calls.map(({ headers }) => headers['x-correlation-id']);
      assert.deepEqual(new Set(keys), new Set(rows.map(({ mailId }) => mailId)));
    },
  );
}

test(
  'a kill while a mail is stored leaves neither the mail nor the place read: it is fetched again',
  needs,
  async () => {
    const mailbox = freshAddress();
    await insertPlace(hub.world.store, mailbox, 'INBOX');
    const at = { mailbox, folder: 'INBOX', uidvalidity: 1 };
    const mail = fetched(1, noticeMail('IT01234567890_STORE'));
    const next = fetched(2, noticeMail('IT01234567890_STORE2'));
    await assert.rejects(storeMails(failingAt('mailbox-advance-place').world, at, [mail, next]), /connection is gone/);
    assert.deepEqual(await rowsOf(mailbox), []);
    assert.deepEqual(await storeMails(hub.world, at, [mail]), ['stored']);
    assert.deepEqual(await storeMails(hub.world, at, [mail, next]), [undefined, 'stored']);
    assert.equal((await rowsOf(mailbox)).length, 2);
    assert.equal((await findPlace(hub.world.store, mailbox, 'INBOX'))?.lastUid, 2);
  },
);

test('a mail that breaks the thread that reads it is quarantined alone', needs, async () => {
  const mailbox = freshAddress();
  const broken = { ...values, asideBytes: 10_000 };
  const script = new URL('./breaking-worker.fixture.ts', import.meta.url);
  const understanding = openUnderstanding(broken, undefined, script);
  understandings.push(understanding);
  const large = pec('altri@pec.example', 'Rompe', [attachment('a.bin', Buffer.alloc(20_000, 1))]);
  await putMails(mailbox, [large, noticeMail('IT01234567890_AFTER')]);
  assert.equal(await workThrough(partsFor(mailbox, { understanding }), signal), 'done');
  const [first, second] = await rowsOf(mailbox);
  assert.deepEqual([first?.state, first?.why], ['quarantined', 'NOT_UNDERSTOOD']);
  assert.equal(second?.state, 'understood');
  assert.equal(hub.receiver.calls.length, 1);
});

test(
  'of many mails that wait the first are answered for while the last are still to be understood',
  needs,
  async () => {
    const mailbox = freshAddress();
    const count = 150;
    await putMails(
      mailbox,
      Array.from({ length: count }, (_, index) => noticeMail(`IT01234567890_TURN${index}`, mailbox)),
    );
    const parts = partsFor(mailbox);
    const planned = new Set<string>();
    const plannedAtCalls: number[] = [];
    const plan: Understanding['plan'] = (bytes, at) => {
      planned.add(bytes.toString('latin1'));
      return parts.understanding.plan(bytes, at);
    };
    hub.receiver.reply = () => {
      plannedAtCalls.push(planned.size);
      return taken;
    };
    await workThrough({ ...parts, understanding: { ...parts.understanding, plan } }, signal);
    assert.equal(plannedAtCalls.length, count);
    assert.ok((plannedAtCalls[0] ?? count) < count / 2, plannedAtCalls.join(' '));
  },
);

test('a mail is understood once, and once more by whoever goes on after a restart', needs, async () => {
  const mailbox = freshAddress();
  const count = 40;
  await putMails(
    mailbox,
    Array.from({ length: count }, (_, index) => noticeMail(`IT01234567890_ONCE${index}`, mailbox)),
  );
  const parts = partsFor(mailbox);
  let plans = 0;
  const plan: Understanding['plan'] = (bytes, at) => {
    plans += 1;
    return parts.understanding.plan(bytes, at);
  };
  const counting = { ...parts, understanding: { ...parts.understanding, plan } };
  hub.receiver.reply = () => ({ status: 503 });
  assert.equal(await workThrough(counting, signal), 'away');
  assert.equal(plans, count);
  hub.receiver.reply = () => taken;
  assert.equal(await workThrough(counting, signal), 'done');
  assert.equal(plans, 2 * count);
  const more = Array.from({ length: count }, (_, index) =>
    fetched(1000 + index, noticeMail(`IT01234567890_NEW${index}`)),
  );
  await storeMails(hub.world, { mailbox, folder: 'INBOX', uidvalidity: 1 }, more);
  assert.equal(await workThrough(counting, signal), 'done');
  assert.equal(plans, 3 * count);
  const rows = await rowsOf(mailbox);
  assert.deepEqual(
    [rows.length, rows.filter(({ state, nextTryAt }) => state === 'understood' && !nextTryAt).length],
    [80, 80],
  );
});

test(
  'several mails are handed over at once, as many as may be, and those about one file one after the other',
  needs,
  async () => {
    const mailbox = freshAddress();
    const numbers = ['001', '002', '003', '004'];
    const files = Array.from({ length: 6 }, (_, index) => `IT01234567890_LANE${index}`);
    await putMails(
      mailbox,
      numbers.flatMap((number) => files.map((name) => noticeMail(name, mailbox, number))),
    );
    const going = new Set<string>();
    const together: number[] = [];
    const story: string[] = [];
    const neighbours = Object.assign(
      Object.create(new Neighbours(hub.world, { handOverTimeoutMs: 2000 })) as Neighbours,
      {
        handNotice: async ({ name = '' }: { name?: string }) => {
          const file = name.slice(0, -'_RC_001.xml'.length);
          assert.ok(!going.has(file), `${file} is on its way already`);
          going.add(file);
          together.push(going.size);
          story.push(name);
          await sleep(story.length % 3);
          going.delete(file);
          return { outcome: 'taken', body: undefined } as const;
        },
      },
    );
    const three = { ...values, handOvers: 3 };
    assert.equal(await workThrough(partsFor(mailbox, { neighbours, values: three }), signal), 'done');
    assert.equal(Math.max(...together), 3);
    for (const file of files) {
      assert.deepEqual(
        story.filter((name) => name.startsWith(`${file}_`)),
        numbers.map((number) => `${file}_RC_${number}.xml`),
      );
    }
    const at = (await rowsOf(mailbox)).flatMap(({ results }) => results.map((result) => result.at));
    assert.deepEqual(at, at.toSorted(), 'what came of them is noted in their order');
  },
);

test('what cannot be noted of one mail does not keep the others from being noted', needs, async () => {
  const mailbox = freshAddress();
  await putMails(
    mailbox,
    ['NOTE1', 'NOTE2', 'NOTE3'].map((name) => noticeMail(`IT01234567890_${name}`, mailbox)),
  );
  const { world, failures } = failingAt('mailbox-note-answered', (values) =>
    String(values?.[0]).includes('NOTE2') ? Object.assign(new Error('No such text.'), { code: '22P05' }) : undefined,
  );
  assert.equal(await workThrough(partsFor(mailbox, { world }), signal), 'done');
  assert.equal(failures(), 2);
  assert.deepEqual(
    (await rowsOf(mailbox)).map(({ state, why }) => [state, why]),
    [
      ['understood', null],
      ['quarantined', 'NOT_UNDERSTOOD'],
      ['understood', null],
    ],
  );
});

test('the same mail twice in what is stored together counts once', needs, async () => {
  const mailbox = freshAddress();
  await insertPlace(hub.world.store, mailbox, 'INBOX');
  const [one, other] = [noticeMail('IT01234567890_TWIN'), noticeMail('IT01234567890_OTHER')];
  const mails = [fetched(1, one), fetched(2, other), fetched(3, one)];
  const states = await storeMails(hub.world, { mailbox, folder: 'INBOX', uidvalidity: 1 }, mails);
  assert.deepEqual(states, ['stored', 'stored', 'repeated']);
  const [first, , third] = await rowsOf(mailbox);
  assert.equal(third?.repeats, first?.mailId);
});

test('where the receiver is away, all mails are understood all the same', needs, async () => {
  const mailbox = freshAddress();
  await putMails(
    mailbox,
    [1, 2, 3].map((number) => noticeMail(`IT01234567890_AWAY${number}`, mailbox)),
  );
  hub.receiver.reply = () => ({ status: 503 });
  assert.equal(await workThrough(partsFor(mailbox), signal), 'away');
  assert.deepEqual(
    (await rowsOf(mailbox)).map(({ state }) => state),
    ['understood', 'understood', 'understood'],
  );
});

test('a large mail is understood in a thread as it would be at once', needs, async () => {
  const understanding = openUnderstanding({ ...values, asideBytes: 0 }, undefined);
  understandings.push(understanding);
  const mail = noticeMail('IT01234567890_ASIDE');
  const [aside, atOnce] = await Promise.all([
    understanding.plan(mail, new Date()),
    partsFor(freshAddress()).understanding.plan(mail, new Date()),
  ]);
  assert.deepEqual(
    [aside.kind, aside.things.map(({ id }) => id), aside.summary],
    [atOnce.kind, atOnce.things.map(({ id }) => id), atOnce.summary],
  );
});

test(
  'words that no database keeps, and a mail at which a step fails in whatever way, hold up nobody',
  needs,
  async () => {
    const mailbox = freshAddress();
    hub.receiver.reply = () => ({ status: 400, body: { errorMessage: 'No\u0000tice \ud800' } });
    await putMails(mailbox, [noticeMail('IT01234567890_NUL1'), noticeMail('IT01234567890_NUL2')]);
    assert.equal(await workThrough(partsFor(mailbox), signal), 'done');
    const [refused] = await rowsOf(mailbox);
    assert.equal(refused?.results[0]?.words, 'No\ufffdtice \ufffd');

    const other = freshAddress();
    hub.receiver.reply = () => taken;
    await putMails(other, [noticeMail('IT01234567890_ODD1'), noticeMail('IT01234567890_ODD2')]);
    const neighbours = new Neighbours(hub.world, { handOverTimeoutMs: 2000 });
    const odd = Object.assign(Object.create(neighbours) as Neighbours, {
      handNotice: async (file: { bytes: Uint8Array; name?: string }, id: string) => {
        if (file.name?.includes('ODD1')) throw new TypeError('Something odd.');
        return neighbours.handNotice(file, id);
      },
    });
    assert.equal(await workThrough(partsFor(other, { neighbours: odd }), signal), 'done');
    assert.deepEqual(
      (await rowsOf(other)).map(({ state, why }) => [state, why]),
      [
        ['quarantined', 'NOT_UNDERSTOOD'],
        ['understood', null],
      ],
    );
  },
);

test(
  'an alarm that something cannot be handed over ends with its reason, also where no mail waits',
  needs,
  async () => {
    const parts = partsFor(freshAddress());
    parts.troubles.begin('NOT_HANDED_OVER', { it: 'Il database era assente.', en: 'The database was away.' });
    const ends = new AbortController();
    await keepWorking(parts, async () => ends.abort(), ends.signal);
    assert.deepEqual(parts.troubles.sentences(), []);
  },
);

test('whoever still reads under an old UIDVALIDITY makes no new mail count as read', needs, async () => {
  const mailbox = freshAddress();
  await insertPlace(hub.world.store, mailbox, 'INBOX');
  await renumberPlace(hub.world.store, { address: mailbox, folder: 'INBOX', uidvalidity: 2 }, new Date());
  const late = { mailbox, folder: 'INBOX', uidvalidity: 1 };
  await storeMails(hub.world, late, [fetched(5000, noticeMail('IT01234567890_LATE'))]);
  assert.equal((await findPlace(hub.world.store, mailbox, 'INBOX'))?.lastUid, 0);
});
