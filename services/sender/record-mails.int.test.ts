// sender: what the mail server said is noted whatever happens to the database or to the note beside it.
import { HubError } from '@staffetta/flow/errors.ts';
import { uuidv7 } from '@staffetta/platform/ids.ts';
import { migrate } from '@staffetta/platform/store/migrate.ts';
import { testWorld, type TestWorld } from '@staffetta/platform/test-world.ts';
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { withFailingTransactions } from './failing-store.fixture.ts';
import { mailRow } from './mailing.fixture.ts';
import { findMails } from './mails.ts';
import { createMailRecorder, type MailNote } from './record-mails.ts';

const away = new HubError('DATABASE_AWAY', 'It is away.');
let world: TestWorld;

before(async () => {
  world = await testWorld();
  await migrate(world.store, 'sender', new URL('./migrations/', import.meta.url));
  await world.bus.ensureTopics(['sentInvoice']);
});

after(() => world.end());

function noteWith(response: string): MailNote {
  const mail = mailRow({ response, lastAt: world.clock.now() });
  return { mail, tell: undefined, causationId: uuidv7(), correlationId: 'c' };
}

async function isNoted({ mail }: MailNote): Promise<boolean> {
  return (await findMails(world.store, [mail.transmissionId])).has(mail.transmissionId);
}

test('a note waits for a database that is away', async () => {
  const note = noteWith('250 taken');
  await createMailRecorder(withFailingTransactions(world, 2, away)).note(note);
  assert.ok(await isNoted(note));
});

test('a note that cannot be written fails alone', async () => {
  const recorder = createMailRecorder(world);
  // The first is written at once; the others gather behind it.
  const notes = [noteWith('250 first'), noteWith('250 second'), noteWith('250 \0'), noteWith('250 fourth')];
  const results = await Promise.allSettled(notes.map((note) => recorder.note(note)));
  assert.deepEqual(
    results.map(({ status }) => status),
    ['fulfilled', 'fulfilled', 'rejected', 'fulfilled'],
  );
  assert.deepEqual(await Promise.all(notes.map(isNoted)), [true, true, false, true]);
});

test('closing ends the waiting for a database that stays away', async () => {
  const recorder = createMailRecorder(withFailingTransactions(world, Number.POSITIVE_INFINITY, away));
  const note = assert.rejects(recorder.note(noteWith('250 taken')), { code: 'DATABASE_AWAY' });
  await recorder.close();
  await note;
});
