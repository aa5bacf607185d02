// sender: the step alone, with a mail server's answers made by hand: nobody's failure is another's.
import { HubError } from '@staffetta/flow/errors.ts';
import { readSettings } from '@staffetta/platform/config/settings.ts';
import { uuidv7 } from '@staffetta/platform/ids.ts';
import type { World } from '@staffetta/platform/service.ts';
import { migrate } from '@staffetta/platform/store/migrate.ts';
import { registerInstance, type LiveInstance } from '@staffetta/platform/store/live-instances.ts';
import { migratePlatform } from '@staffetta/platform/store/platform-tables.ts';
import { testWorld, type TestWorld } from '@staffetta/platform/test-world.ts';
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { settings } from './config.ts';
import { withFailingTransactions } from './failing-store.fixture.ts';
import { holdTransmissions, letGoTransmissions } from './held-transmissions.ts';
import type { Outgoing } from './mail-one.ts';
import { MailsInHand } from './mails-in-hand.ts';
import { findMails, type Mail } from './mails.ts';
import { mailInvoices } from './on-outgoing-invoice.ts';
import { incoming, outgoing } from './outgoing.fixture.ts';
import { createMailRecorder } from './record-mails.ts';
import type { SmtpMail } from './smtp/smtp-connection.ts';
import { lostIn, refusedBy } from './smtp/smtp-errors.ts';
import type { SmtpPool } from './smtp/smtp-pool.ts';

const noSignal = new AbortController().signal;
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
  for (const instance of instances) await instance.close();
  await world.end();
});

async function register(): Promise<LiveInstance> {
  const instance = await registerInstance(world.store, 'a sender');
  instances.push(instance);
  return instance;
}

type Answer = (fileName: string) => Promise<typeof taken>;

/** A step whose mail server answers as told. */
async function sending(answerOf: Answer, environment: Record<string, string> = {}, asked: World = world) {
  const values = readSettings(settings, { SENDER_SEND_WAIT: '10m', ...environment }).values;
  const mailed: string[] = [];
  const pool: Pick<SmtpPool, 'send'> = {
    async send({ raw }: SmtpMail, onBegin) {
      const fileName = /Subject: (.*)\r\n/.exec(raw.toString())?.[1] ?? '';
      mailed.push(fileName);
      onBegin?.();
      return answerOf(fileName);
    },
  };
  const step = mailInvoices({
    world: asked,
    values,
    pool: pool as SmtpPool,
    recorder: createMailRecorder(asked),
    inHand: new MailsInHand(),
    instance: await register(),
    closing: noSignal,
    unnoted: new Map<string, Mail>(),
  });
  return { mailed, run: async (...batch: Outgoing[]) => (await step(batch, noSignal)) ?? [] };
}

function kindsOf(failed: readonly { readonly event: Outgoing; readonly error: unknown }[]): Record<string, string> {
  return Object.fromEntries(
    failed.map(({ event, error }) => [
      event.message.transmission.fileName,
      error instanceof HubError ? error.kind : String(error),
    ]),
  );
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
  assert.deepEqual(mailed, ['HANGS.xml', 'QUICK.xml']);
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
  assert.deepEqual(mailed, ['NOTED.xml']);
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
  assert.deepEqual(mailed, ['RIGHT.xml']);
});
