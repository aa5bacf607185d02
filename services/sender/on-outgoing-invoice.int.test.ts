// sender: the step alone, with a mail server's answers made by hand: nobody's failure is another's.
import { uuidv7 } from '@staffetta/platform/ids.ts';
import type { World } from '@staffetta/platform/service.ts';
import { migrate } from '@staffetta/platform/store/migrate.ts';
import { registerInstance, type LiveInstance } from '@staffetta/platform/store/live-instances.ts';
import { migratePlatform } from '@staffetta/platform/store/platform-tables.ts';
import { testWorld, type TestWorld } from '@staffetta/platform/test-world.ts';
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { withFailingTransactions } from './failing-store.fixture.ts';
import { holdTransmissions, letGoTransmissions } from './held-transmissions.ts';
import { endSendings, kindsOf, sendingWith, type Answer, type MailedFile, type Sending } from './mailing.fixture.ts';
import { findMails } from './mails.ts';
import { incoming, outgoing } from './outgoing.fixture.ts';
import { lostIn, refusedBy } from './smtp/smtp-errors.ts';

const taken = { response: '250 taken' };

let world: TestWorld;
const instances: LiveInstance[] = [];

before(async () => {
  world = await testWorld();
  await migratePlatform(world.store);
  await migrate(world.store, 'sender', new URL('./migrations/', import.meta.url));
  await world.bus.ensureTopics(['sentInvoice']);
});

after(async () => {
  await endSendings();
  for (const instance of instances) await instance.close();
  await world.end();
});

async function register(): Promise<LiveInstance> {
  const instance = await registerInstance(world.store, 'a sender');
  instances.push(instance);
  return instance;
}

/** A step whose mail server answers as told. */
function sending(answerOf: Answer, environment: Record<string, string> = {}, asked: World = world): Promise<Sending> {
  return sendingWith(asked, answerOf, environment);
}

function namesOf(mailed: readonly MailedFile[]): string[] {
  return mailed.map(({ fileName }) => fileName);
}

test('while the server is away for one mail, the 4xx of another is counted once and has its own delay', async () => {
  const { run } = await sending(async (fileName) => {
    if (fileName === 'GREY.xml') throw refusedBy('data-end', { code: 451, enhancedCode: undefined, text: 'later' });
    if (fileName === 'AWAY.xml') throw lostIn('connect', 'nobody there');
    return taken;
  });
  const id = uuidv7();
  const failed = await run(
    incoming(outgoing('GREY.xml', id)),
    incoming(outgoing('AWAY.xml')),
    incoming(outgoing('FINE.xml')),
  );
  assert.deepEqual(kindsOf(failed), { 'GREY.xml': 'temporary', 'AWAY.xml': 'unavailable' });
  assert.equal((await findMails(world.store, [id])).get(id)?.tries, 1);
});

test('a mail that hangs holds back no other, stays held, is joined by its next try and mailed once', async () => {
  const answer = Promise.withResolvers<typeof taken>();
  const answerOf: Answer = (fileName) => (fileName === 'HANGS.xml' ? answer.promise : Promise.resolve(taken));
  const { run, mailed } = await sending(answerOf, { SENDER_SEND_WAIT: '20ms' });
  const other = await register();
  const id = uuidv7();
  const hanging = incoming(outgoing('HANGS.xml', id));
  const quick = incoming(outgoing('QUICK.xml'));
  // On a busy machine the quick one too may take more than one look.
  let failed = kindsOf(await run(hanging, quick));
  while ('QUICK.xml' in failed) failed = kindsOf(await run(hanging, quick));
  assert.deepEqual(failed, { 'HANGS.xml': 'temporary' });
  assert.equal((await findMails(world.store, [id])).size, 0, 'not counted');
  assert.equal((await holdTransmissions(other, [id])).size, 0);
  assert.deepEqual(kindsOf(await run(hanging)), { 'HANGS.xml': 'temporary' });

  answer.resolve(taken);
  while ((await run(hanging)).length > 0);
  assert.deepEqual(namesOf(mailed), ['HANGS.xml', 'QUICK.xml']);
  assert.equal((await findMails(world.store, [id])).get(id)?.state, 'sent');
  while ((await holdTransmissions(other, [id])).size === 0);
  await letGoTransmissions(other, [id]);
});

test('a mail whose note fails is noted again, not mailed again', async () => {
  const shaky = withFailingTransactions(world, 1, new Error('disk full'));
  const { run, mailed } = await sending(() => Promise.resolve(taken), {}, shaky);
  const event = incoming(outgoing('NOTED.xml'));
  assert.equal((await run(event)).length, 1);
  assert.deepEqual(await run(event), []);
  assert.deepEqual(namesOf(mailed), ['NOTED.xml']);
});

test('a mail that is never confirmed is mailed as often as the setting says, then set aside', async () => {
  const uncertain = async (): Promise<never> => {
    throw lostIn('data-end', 'the connection was closed');
  };
  const { run, mailed } = await sending(uncertain, { MAIL_TRIES: '2' });
  const event = incoming(outgoing('UNSURE.xml'));
  assert.deepEqual(kindsOf(await run(event)), { 'UNSURE.xml': 'temporary' });
  assert.deepEqual(kindsOf(await run(event)), { 'UNSURE.xml': 'poison' });
  assert.deepEqual(kindsOf(await run(event)), { 'UNSURE.xml': 'poison' });
  assert.equal(mailed.length, 2);
});

test('ids that the ledger cannot take are set aside before anything is mailed, and alone', async () => {
  const { run, mailed } = await sending(() => Promise.resolve(taken));
  const wrong = incoming(outgoing('WRONG.xml', uuidv7(), { invoiceId: 'seven' }));
  assert.deepEqual(kindsOf(await run(wrong, incoming(outgoing('RIGHT.xml')))), { 'WRONG.xml': 'poison' });
  assert.deepEqual(namesOf(mailed), ['RIGHT.xml']);
});
