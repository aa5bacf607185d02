// mailbox: each mail is kept, understood and answered for once, in its order, whatever else lies in the mailbox and whoever is away.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { attachment, pec, receipt } from '@staffetta/fatturapa/mail/pec-mail.fixture.ts';
import { unrelatedMails } from '@staffetta/fatturapa/mail/unrelated-mails.fixture.ts';
import { callerHeader, signCaller, type Role } from '@staffetta/platform/http/caller.ts';
import type { PecReceipt, SdiAddress } from '@staffetta/flow/messages.ts';
import { imapUrl, servers, sharedFolder } from '@staffetta/tools/servers/available.ts';
import {
  eventually,
  fatalMark,
  fetched,
  freshAddress,
  imapUrlOf,
  noticeMail,
  openPostbox,
  startDoor,
  startHub,
  startService,
  taken,
  type Postbox,
  type TestHub,
  type TestService,
} from './mailbox-test-kit.ts';
import { insertPlace, renumberPlace } from './places.ts';
import { storeMails } from './store-mail.ts';

const needs = { skip: servers.postgres.missing || servers.smtp.missing || servers.shared.missing };
const samples = join(sharedFolder(), 'sdi', 'samples', 'pec', 'oca');
const transmission = '0198f7a2-1111-7000-8000-0123456789ab';

let hub: TestHub;
const receipts: PecReceipt[] = [];
const addresses: SdiAddress[] = [];

/** A mailbox of a test's own, with what is needed to read it. */
interface Box {
  readonly address: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly postbox: Postbox;
}

const boxes: Postbox[] = [];
const running: TestService[] = [];

async function freshBox(folder = 'INBOX'): Promise<Box> {
  const address = freshAddress();
  const url = imapUrlOf(imapUrl(), address);
  const postbox = await openPostbox(url, folder);
  boxes.push(postbox);
  return { address, environment: { PEC_ADDRESS: address, IMAP_URL: url, IMAP_FOLDER: folder }, postbox };
}

async function start(box: Box, more: Readonly<Record<string, string>> = {}): Promise<TestService> {
  const service = await startService(hub.world, { ...box.environment, ...more });
  running.push(service);
  return service;
}

async function listen(topic: string, hear: (message: unknown) => void): Promise<void> {
  await hub.world.bus.ensureTopics([topic]);
  await hub.world.bus.consume({
    group: 'test',
    topic,
    batchMax: 100,
    retry: { tries: 1, delaysMs: [10], jitter: 0 },
    handle: async (batch) => {
      for (const { value } of batch) hear(JSON.parse(value.toString()));
    },
  });
}

before(async () => {
  if (needs.skip) return;
  hub = await startHub();
  await Promise.all([
    listen('pecReceipt', (message) => receipts.push(message as PecReceipt)),
    listen('sdiAddress', (message) => addresses.push(message as SdiAddress)),
  ]);
});

beforeEach(async () => {
  if (needs.skip) return;
  await Promise.all(running.splice(0).map((service) => service.stop()));
  // A test that failed while it was away must not take the others with it.
  await hub.receiver.comeBack();
  hub.receiver.reply = () => taken;
  hub.dbmanager.reply = () => ({ status: 404, body: { errorMessage: 'Nobody.' } });
  hub.receiver.calls.length = 0;
  hub.dbmanager.calls.length = 0;
});

after(async () => {
  if (needs.skip) return;
  await Promise.all(running.map((service) => service.stop()));
  await Promise.all(boxes.map((box) => box.close()));
  await hub.end();
});

function sample(name: string): Buffer {
  return readFileSync(join(samples, name));
}

function ourReceipt(kind: string, fileName: string): Buffer {
  const id = `<${fileName}.${transmission}@staffetta.example>`;
  const wish = { type: kind, deliveredTo: 'sdi01@pec.fatturapa.it' };
  return Buffer.from(receipt(wish).toString('latin1').replace('<1@hub.example>', id), 'latin1');
}

function namesTaken(): string[] {
  return hub.receiver.calls.map(({ query }) => query.get('fileName') ?? '');
}

test("SdI's receipt reaches the receiver by its exact bytes", needs, async () => {
  const box = await freshBox();
  const mail = sample('sdi-ricevuta-di-consegna.eml');
  await box.postbox.put(mail);
  const service = await start(box);
  await eventually('the notice is handed over', () => hub.receiver.calls.length === 1);
  const [call] = hub.receiver.calls;
  assert.equal(call?.path, '/api/notificaSdI');
  assert.match(call.query.get('certifiedAt') ?? '', /^\d{4}-\d\d-\d\dT[\d:.]+Z$/, 'terms of the law count from it');
  assert.match(call.body.toString(), /^<\?xml.*RicevutaConsegna/s);
  await eventually('the mail is answered', async () => (await service.mails())[0]?.results.length === 1);
  const [shown] = await service.mails();
  assert.ok(shown);
  assert.deepEqual(
    [shown.state, shown.kind, shown.results.map(({ what, outcome }) => `${what} ${outcome}`)],
    ['understood', 'sdi', ['notice handedOver']],
  );
  assert.ok(shown.words.it.length > 0 && shown.words.en.length > 0);
  assert.equal(call.headers['x-correlation-id'], shown.mailId);
  const raw = await fetch(`${service.url}/api/mails/${shown.mailId}/raw`);
  assert.equal(raw.headers.get('content-type'), 'message/rfc822');
  const bytes = Buffer.from(await raw.arrayBuffer());
  assert.equal(createHash('sha256').update(bytes).digest('hex'), shown.sha256);
});

test(
  "SdI's address is told by what it wrote to this mailbox, and by no mail that was copied here from another",
  needs,
  async () => {
    const box = await freshBox();
    await box.postbox.put(noticeMail('IT01234567890_COPIED', 'altra.casella@pec.example'));
    await box.postbox.put(noticeMail('IT01234567890_OURS', box.address.toUpperCase()));
    const service = await start(box);
    await eventually('both are done', async () => {
      const mails = await service.mails(`mailbox=${box.address}&state=understood`);
      return mails.length === 2 && mails.every(({ nextTryAt }) => nextTryAt === undefined);
    });
    const shown = (await service.mails(`mailbox=${box.address}`)).toReversed();
    assert.deepEqual(
      shown.map(({ results }) => results.map(({ what, outcome }) => `${what} ${outcome}`)),
      [['notice handedOver'], ['notice handedOver', 'address handedOver']],
    );
    await eventually("SdI's address is told", () => addresses.some(({ mailbox }) => mailbox === box.address));
    const told = addresses.filter(({ mailbox }) => mailbox === box.address);
    assert.deepEqual(
      told.map(({ address, mailId }) => [address, mailId]),
      [['sdi03@pec.fatturapa.it', shown[1]?.mailId]],
    );
  },
);

test('a receipt about a mail of ours is told once, with what the provider certifies', needs, async () => {
  const box = await freshBox();
  const service = await start(box);
  await box.postbox.put(ourReceipt('accettazione', 'IT01234567890_A1.xml'));
  await eventually('the receipt is told', () => receipts.some(({ mailbox }) => mailbox === box.address));
  const [told, ...others] = receipts.filter(({ mailbox }) => mailbox === box.address);
  assert.equal(others.length, 0);
  assert.equal(told?.ofMessageId, `<IT01234567890_A1.xml.${transmission}@staffetta.example>`);
  assert.deepEqual([told.receipt, told.at], ['accettazione', '2025-06-10T07:30:00.000Z']);
  assert.match(told.daticert ?? '', /<postacert /);
  const [shown] = await service.mails(`mailbox=${box.address}`);
  assert.deepEqual([told.mailId, told.sha256], [shown?.mailId, shown?.sha256]);
});

test('a mail that a person has read already is taken all the same, and reading marks none as read', needs, async () => {
  const box = await freshBox();
  await box.postbox.put(noticeMail('IT01234567890_SEEN1'), ['\\Seen']);
  const uid = await box.postbox.put(noticeMail('IT01234567890_SEEN2'));
  await start(box);
  await eventually('both are handed over', () => hub.receiver.calls.length === 2);
  assert.ok(!(await box.postbox.flags(uid)).includes('\\Seen'));
});

test('an invoice with its data goes to the customer that the dbmanager names', needs, async () => {
  const box = await freshBox();
  hub.dbmanager.reply = () => ({
    status: 200,
    body: { customerId: 7, matchedBy: 'vatNumber', callback: 'https://c.example' },
  });
  await box.postbox.put(sample('sdi-invio-file-p7m.eml'));
  const service = await start(box);
  await eventually('the invoice is handed over', () => hub.receiver.calls.length === 1);
  const [call] = hub.receiver.calls;
  assert.equal(call?.path, '/api/salvaFatturaEsterna');
  assert.equal(call.headers['idempotency-key'], 'sdi:7339338');
  const body = JSON.parse(call.body.toString()) as Record<string, string> & { customer: { customerId: number } };
  assert.deepEqual(
    [body.customer.customerId, body['fileName'], body['callback']],
    [7, 'IT01234567890_FPR04.xml.p7m', 'https://c.example'],
  );
  assert.match(Buffer.from(body['metadata'] ?? '', 'base64').toString(), /<\?xml/);
  assert.match(body['certifiedAt'] ?? '', /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  assert.ok([...(hub.dbmanager.calls[0]?.query.keys() ?? [])].length > 0);
  await eventually('it is told for whom', async () => (await service.mails())[0]?.results[0]?.customerId === 7);
});

test(
  'an invoice for nobody is quarantined, not lost, and goes on by itself once its customer exists',
  needs,
  async () => {
    const box = await freshBox();
    await box.postbox.put(sample('sdi-invio-file-p7m.eml'));
    const service = await start(box);
    await eventually(
      'it is quarantined',
      async () => (await service.mails(`mailbox=${box.address}`))[0]?.why?.code === 'UNKNOWN_RECIPIENT',
    );
    hub.dbmanager.reply = () => ({ status: 409, body: { errorMessage: 'Two.' } });
    await eventually(
      'several fit',
      async () => (await service.mails(`mailbox=${box.address}`))[0]?.why?.code === 'SEVERAL_RECIPIENTS',
    );
    assert.equal(hub.receiver.calls.length, 0);
    hub.dbmanager.reply = () => ({ status: 200, body: { customerId: 2, matchedBy: 'pec' } });
    await eventually(
      'it is handed over',
      async () => (await service.mails(`mailbox=${box.address}`))[0]?.state === 'understood',
    );
    assert.equal(hub.receiver.calls.length, 1);
  },
);

test('the same mail twice changes nothing', needs, async () => {
  const box = await freshBox();
  const mail = noticeMail('IT01234567890_TWICE');
  await box.postbox.put(mail);
  await box.postbox.put(mail);
  const service = await start(box);
  await eventually('both are here', async () => (await service.mails(`mailbox=${box.address}`)).length === 2);
  const [second, first] = await service.mails(`mailbox=${box.address}`);
  await eventually('the first is handed over', () => hub.receiver.calls.length > 0);
  assert.deepEqual([second?.state, second?.repeats, second?.kept], ['repeated', first?.mailId, false]);
  assert.equal((await service.post(`/api/mails/${second?.mailId}/retry`)).status, 409);
  assert.equal(hub.receiver.calls.length, 1);
});

test(
  'one odd mail does not stop the reader: all samples and fifty unrelated mails end understood or quarantined, in order',
  needs,
  async () => {
    const box = await freshBox();
    hub.dbmanager.reply = () => ({ status: 200, body: { customerId: 2, matchedBy: 'vatNumber' } });
    const ours = readdirSync(samples).map(sample);
    // Mails of no bytes at all are refused by the server itself.
    const odd = unrelatedMails.filter((mail) => mail.length > 0);
    const big = pec('altri@pec.example', 'Grande', [attachment('grande.bin', Buffer.alloc(3 * 1024 * 1024, 7))]);
    const marks = ['IT01234567890_ODD0', 'IT01234567890_ODD1', 'IT01234567890_ODD2'];
    const all = [noticeMail(marks[0]!), ...odd, noticeMail(marks[1]!), big, ...ours, noticeMail(marks[2]!)];
    for (const mail of all) await box.postbox.put(mail);
    const service = await start(box);
    await eventually('the last one is handed over', () => namesTaken().includes(`${marks[2]}_RC_001.xml`));
    await eventually('nothing waits', async () =>
      (await service.mails(`mailbox=${box.address}`)).every(
        ({ nextTryAt, state }) => state !== 'stored' && nextTryAt === undefined,
      ),
    );
    const shown = (await service.mails(`mailbox=${box.address}`)).toReversed();
    assert.deepEqual(
      shown.map(({ uid }) => uid),
      shown.map(({ uid }) => uid).toSorted((one, other) => one - other),
    );
    const done = shown.filter(({ state }) => state === 'understood' || state === 'quarantined');
    const twice = shown.filter(({ state }) => state === 'repeated');
    assert.equal(done.length + twice.length, shown.length);
    assert.equal(shown.length, (await box.postbox.uids()).length);
    assert.equal(done.filter(({ state }) => state === 'understood').length, marks.length + ours.length);
    assert.deepEqual(
      namesTaken()
        .filter((name) => name.includes('_ODD'))
        .toSorted(),
      marks.map((name) => `${name}_RC_001.xml`),
    );
    const at = shown.flatMap(({ results }) => results.map((result) => result.at));
    assert.deepEqual(at, at.toSorted(), 'what came of them is noted in their order');
    for (const { why, state } of done) if (state === 'quarantined') assert.ok(why?.it && why.en);
  },
);

test('a mail over the limit is quarantined with its headers and stays in the mailbox', needs, async () => {
  const box = await freshBox();
  const large = pec('altri@pec.example', 'Troppo grande', [attachment('grande.bin', Buffer.alloc(200_000, 1))]);
  await box.postbox.put(large);
  await box.postbox.put(noticeMail('IT01234567890_BEHIND'));
  const service = await start(box, { MAILBOX_BYTES_MAX: '64KiB', MAILBOX_DELETE_AFTER: '1h' });
  await eventually('the one behind is handed over', () => hub.receiver.calls.length === 1);
  const [, shown] = await service.mails(`mailbox=${box.address}`);
  assert.deepEqual([shown?.state, shown?.why?.code, shown?.kept], ['quarantined', 'TOO_LARGE', false]);
  assert.equal(shown?.subject, 'POSTA CERTIFICATA: Troppo grande');
  assert.ok((shown?.size ?? 0) > 200_000);
  assert.equal((await box.postbox.uids()).length, 2);
  const settled = await service.post(`/api/mails/${shown?.mailId}/settle`, { reason: 'Letta a mano.' });
  assert.deepEqual([settled.status, settled.body['state']], [200, 'understood']);
  const again = await service.post(`/api/mails/${shown?.mailId}/settle`, { reason: 'Letta a mano.' });
  assert.equal(again.status, 409);
  const { acts } = (await (await fetch(`${service.url}/api/mails/${shown?.mailId}`)).json()) as { acts: unknown[] };
  assert.equal(acts.length, 1);
});

test('a mail over the limit is fetched once the limit is raised and somebody asks for it', needs, async () => {
  const box = await freshBox();
  const notice = noticeMail('IT01234567890_RAISED').toString('latin1');
  await box.postbox.put(Buffer.from(notice.replace('Testo del gestore', 'x'.repeat(100_000)), 'latin1'));
  const first = await start(box, { MAILBOX_BYTES_MAX: '64KiB' });
  await eventually(
    'it is set aside',
    async () => (await first.mails(`mailbox=${box.address}`))[0]?.why?.code === 'TOO_LARGE',
  );
  await first.stop();
  running.splice(0);
  const second = await start(box);
  const [mail] = await second.mails(`mailbox=${box.address}`);
  assert.equal((await second.post(`/api/mails/${mail?.mailId}/retry`)).status, 202);
  await eventually('it is handed over', () => namesTaken().includes('IT01234567890_RAISED_RC_001.xml'));
  const [shown] = await second.mails(`mailbox=${box.address}`);
  assert.deepEqual([shown?.state, shown?.kept], ['understood', true]);
});

test('a restart resumes: what came meanwhile is taken, what was done is not done again', needs, async () => {
  const box = await freshBox();
  await box.postbox.put(noticeMail('IT01234567890_RES1'));
  const first = await start(box);
  await eventually('the first is handed over', async () =>
    (await first.mails('state=understood')).some(
      ({ mailbox, results }) => mailbox === box.address && results.length > 0,
    ),
  );
  await first.stop();
  running.splice(0);
  await box.postbox.put(noticeMail('IT01234567890_RES2'));
  await start(box);
  await eventually('the second is handed over', () => hub.receiver.calls.length === 2);
  assert.deepEqual(namesTaken(), ['IT01234567890_RES1_RC_001.xml', 'IT01234567890_RES2_RC_001.xml']);
});

test('while the receiver is away all wait, health says so, and all go on in order once it is back', needs, async () => {
  const box = await freshBox();
  const names = Array.from({ length: 5 }, (_, index) => `IT01234567890_AWAY${index}`);
  await hub.receiver.leave();
  const service = await start(box, { MAILBOX_HAND_OVERS: '1' });
  for (const name of names) await box.postbox.put(noticeMail(name));
  await eventually(
    'all are understood',
    async () => (await service.mails(`state=understood&mailbox=${box.address}`)).length === names.length,
  );
  await eventually(
    'health says so',
    async () => (await service.trouble('mailboxes'))?.includes('cannot be handed over') ?? false,
  );
  // Health knows it at once; what other instances and people see is written a moment later.
  await eventually('the mailbox says so', async () => {
    const [shown] = (await service.mailboxes()).filter(({ mailbox }) => mailbox === box.address);
    return shown?.troubles.map(({ code }) => code).join() === 'NOT_HANDED_OVER';
  });
  await hub.receiver.comeBack();
  await eventually('all are handed over', () => hub.receiver.calls.length >= names.length);
  assert.deepEqual(
    namesTaken(),
    names.map((name) => `${name}_RC_001.xml`),
  );
  await eventually('the alarm has ended', async () => (await service.trouble('mailboxes')) === undefined);
});

test('a mail that the receiver fails at holds back no other, and is tried again until it goes', needs, async () => {
  const box = await freshBox();
  let fails = true;
  hub.receiver.reply = ({ query }) =>
    fails && query.get('fileName')?.includes('_BAD') ? { status: 500, body: { errorMessage: 'Oh.' } } : taken;
  await box.postbox.put(noticeMail('IT01234567890_BAD'));
  await box.postbox.put(noticeMail('IT01234567890_FINE'));
  const service = await start(box);
  await eventually('the other is handed over', () => namesTaken().includes('IT01234567890_FINE_RC_001.xml'));
  const failed = () => service.mails(`state=failed&mailbox=${box.address}`);
  await eventually('its failure is noted', async () => (await failed()).length === 1);
  const [bad] = await failed();
  assert.deepEqual([bad?.why?.code, bad?.results[0]?.words], ['NOT_HANDED_OVER', 'Oh.']);
  fails = false;
  await eventually(
    'it goes',
    async () => (await service.mails(`state=understood&mailbox=${box.address}`)).length === 2,
  );
});

test('a mail at which the receiver falls silent each time holds back no other', needs, async () => {
  const box = await freshBox();
  hub.receiver.reply = ({ query }) =>
    query.get('fileName')?.includes('_KILLS') ? { status: 503, body: { errorMessage: 'Down.' } } : taken;
  await box.postbox.put(noticeMail('IT01234567890_KILLS'));
  await box.postbox.put(noticeMail('IT01234567890_BEHIND2'));
  const service = await start(box);
  await eventually('the other is handed over', () => namesTaken().includes('IT01234567890_BEHIND2_RC_001.xml'));
  await eventually('it is set aside alone', async () => {
    const [alone] = await service.mails(`state=failed&mailbox=${box.address}`);
    return alone?.why?.code === 'NOT_HANDED_OVER';
  });
});

test(
  'what the receiver refuses is quarantined with its words, and goes when it is tried again and taken',
  needs,
  async () => {
    const box = await freshBox();
    hub.receiver.reply = () => ({ status: 400, body: { errorMessage: 'It is no notice.' } });
    await box.postbox.put(noticeMail('IT01234567890_REF', box.address));
    const service = await start(box);
    await eventually(
      'it is quarantined',
      async () => (await service.mails(`state=quarantined&mailbox=${box.address}`)).length === 1,
    );
    const [refused] = await service.mails(`mailbox=${box.address}`);
    assert.deepEqual([refused?.why?.code, refused?.results[0]?.words], ['REFUSED', 'It is no notice.']);
    hub.receiver.reply = () => taken;
    const retried = await service.post(`/api/mails/${refused?.mailId}/retry`);
    assert.equal(retried.status, 202);
    await eventually('it is done', async () => {
      const [mail] = await service.mails(`state=understood&mailbox=${box.address}`);
      return mail !== undefined && mail.nextTryAt === undefined;
    });
    assert.equal((await service.post(`/api/mails/${refused?.mailId}/retry`)).status, 409);
    assert.equal(namesTaken().filter((name) => name.includes('_REF')).length, 2);
    const addressTold = addresses.filter(({ mailbox }) => mailbox === box.address);
    assert.equal(addressTold.length, 1);
  },
);

test('UIDVALIDITY changed: all is read again, what is known counts once, what is new is taken', needs, async () => {
  const box = await freshBox('Fatture');
  const known = noticeMail('IT01234567890_REN1');
  await box.postbox.put(known);
  const service = await start(box);
  await eventually('the first is handed over', () => hub.receiver.calls.length === 1);
  await box.postbox.renumber();
  await box.postbox.put(known);
  await box.postbox.put(noticeMail('IT01234567890_REN2'));
  await eventually('the new one is handed over', () => namesTaken().includes('IT01234567890_REN2_RC_001.xml'));
  assert.equal(hub.receiver.calls.length, 2);
  const [shown] = (await service.mailboxes()).filter(({ mailbox }) => mailbox === box.address);
  assert.ok(shown?.renumberedAt);
  await eventually('the alarm has ended', async () => (await service.trouble('mailboxes')) === undefined);
  assert.deepEqual(
    (await service.mails(`mailbox=${box.address}`)).map(({ state }) => state),
    ['understood', 'repeated', 'understood'],
  );
});

test('a mail that was never fetched does not wait for ever under a UID of an old numbering', needs, async () => {
  const box = await freshBox('Fatture');
  const large = Buffer.concat([noticeMail('IT01234567890_OLDN'), Buffer.alloc(100_000, 'x')]);
  await box.postbox.put(large);
  const service = await start(box, { MAILBOX_BYTES_MAX: '64KiB' });
  const query = `mailbox=${box.address}`;
  await eventually('it is set aside', async () => (await service.mails(query))[0]?.why?.code === 'TOO_LARGE');
  const [old] = await service.mails(query);
  await box.postbox.renumber();
  await box.postbox.put(large);
  await eventually('it is set aside under its new number', async () => (await service.mails(query)).length === 2);
  const answer = await service.post(`/api/mails/${old?.mailId}/retry`);
  assert.equal(answer.status, 409);
  assert.match(String(answer.body['errorMessage']), /numbered anew/);
  assert.deepEqual(
    (await service.mails(query)).map(({ state }) => state),
    ['quarantined', 'quarantined'],
  );
});

test('a mail that the server shows only after one with a higher UID is taken all the same, once', needs, async () => {
  const box = await freshBox();
  await box.postbox.put(noticeMail('IT01234567890_SLOW'));
  const quick = noticeMail('IT01234567890_QUICK');
  const uid = await box.postbox.put(quick);
  // Where the slow one was not to be seen yet, the reading has got so far.
  const at = { mailbox: box.address, folder: 'INBOX', uidvalidity: await box.postbox.validity() };
  await insertPlace(hub.world.store, box.address, at.folder);
  await renumberPlace(hub.world.store, { address: box.address, ...at }, undefined);
  await storeMails(hub.world, at, [fetched(uid, quick)]);
  const service = await start(box);
  const all = ['IT01234567890_QUICK_RC_001.xml', 'IT01234567890_SLOW_RC_001.xml'];
  await eventually('both are handed over', () => namesTaken().length === 2);
  assert.deepEqual(namesTaken().toSorted(), all);
  await eventually('the next looks are over', async () => {
    const [shown] = (await service.mailboxes()).filter(({ mailbox }) => mailbox === box.address);
    return shown?.lookedAt !== null && shown?.lastUid === uid;
  });
  assert.deepEqual(
    (await service.mails(`mailbox=${box.address}`)).map(({ state }) => state),
    ['understood', 'understood'],
  );
});

test('of two instances one reads, and the other takes over when it ends', needs, async () => {
  const box = await freshBox();
  const [one, other] = await Promise.all([start(box), start(box)]);
  const connected = async ({ url }: TestService): Promise<boolean> =>
    /staffetta_imap_connected\{[^}]*\} 1/.test(await (await fetch(`${url}/actuator/prometheus`)).text());
  await eventually('one is connected', async () => (await connected(one)) || (await connected(other)));
  const [reads, waits] = (await connected(one)) ? [one, other] : [other, one];
  await box.postbox.put(noticeMail('IT01234567890_TWO1'));
  await eventually('it is handed over', () => hub.receiver.calls.length === 1);
  assert.equal(await connected(waits), false);
  running.splice(running.indexOf(reads), 1);
  await reads.stop();
  await eventually('the other reads', () => connected(waits));
  await box.postbox.put(noticeMail('IT01234567890_TWO2'));
  await eventually('it is handed over', () => hub.receiver.calls.length === 2);
});

test(
  'an instance that loses its connection to the database stops reading, gets it back and goes on',
  needs,
  async () => {
    const box = await freshBox();
    const service = await start(box);
    await box.postbox.put(noticeMail('IT01234567890_LOST1'));
    await eventually('the first is handed over', () => hub.receiver.calls.length === 1);
    await hub.world.store.query({
      text: "SELECT pg_terminate_backend(backend_pid) FROM platform.instance WHERE name = 'mailbox'",
    });
    await box.postbox.put(noticeMail('IT01234567890_LOST2'));
    await eventually('the second is handed over', () => namesTaken().includes('IT01234567890_LOST2_RC_001.xml'));
    assert.equal(hub.receiver.calls.length, 2);
    const shown = await service.mails(`mailbox=${box.address}`);
    assert.equal(shown.length, 2);
  },
);

test('several mailboxes are read side by side', needs, async () => {
  const [one, other] = await Promise.all([freshBox(), freshBox()]);
  const more = [{ address: other.address, imapUrl: other.environment['IMAP_URL'] }];
  await one.postbox.put(noticeMail('IT01234567890_SEV1'));
  await other.postbox.put(noticeMail('IT01234567890_SEV2'));
  const service = await start(one, { PEC_MAILBOXES: JSON.stringify(more) });
  await eventually('both are handed over', () => hub.receiver.calls.length === 2);
  const names = (await service.mailboxes()).filter(({ configured }) => configured).map(({ mailbox }) => mailbox);
  assert.deepEqual(names, [one.address, other.address].toSorted());
});

test('a mailbox that is no longer read is still answered for', needs, async () => {
  const box = await freshBox();
  await hub.receiver.leave();
  const first = await start(box);
  await box.postbox.put(noticeMail('IT01234567890_FORMER'));
  await eventually(
    'it is understood',
    async () => (await first.mails(`state=understood&mailbox=${box.address}`)).length === 1,
  );
  await first.stop();
  running.splice(0);
  await hub.receiver.comeBack();
  const second = await startService(hub.world, {});
  running.push(second);
  assert.match((await second.trouble('mailboxes')) ?? '', /No mailbox is configured/);
  await eventually('it is handed over', () => namesTaken().includes('IT01234567890_FORMER_RC_001.xml'));
});

test('mails are deleted from the mailbox only when they are done, kept here and old enough', needs, async () => {
  const box = await freshBox();
  await box.postbox.put(noticeMail('IT01234567890_DEL'));
  await box.postbox.put(
    Buffer.from('From: a@b.example\r\nSubject: spam\r\nDate: Tue, 10 Jun 2025 09:30:00 +0200\r\n\r\nciao\r\n'),
  );
  const service = await start(box, { MAILBOX_DELETE_AFTER: '1h' });
  await eventually('both are done', async () => {
    const mails = await service.mails(`mailbox=${box.address}`);
    return mails.length === 2 && mails.every(({ state, nextTryAt }) => state !== 'stored' && nextTryAt === undefined);
  });
  assert.equal((await box.postbox.uids()).length, 2);
  hub.world.clock.turn(2 * 3_600_000);
  await eventually('one is deleted', async () => (await box.postbox.uids()).length === 1);
  const removed = async () =>
    (await service.mails(`mailbox=${box.address}`)).filter(({ removedAt }) => removedAt !== undefined);
  // It is noted once the server has let go of it.
  await eventually('its deletion is noted', async () => (await removed()).length > 0);
  hub.world.clock.turn(-2 * 3_600_000);
  assert.deepEqual(
    (await removed()).map(({ state, kept }) => [state, kept]),
    [['understood', true]],
  );
});

test('a wrong password is told and tried again slowly, and ends by itself once it is right', needs, async () => {
  const box = await freshBox();
  const door = await startDoor(imapUrl());
  door.set('refuses');
  await box.postbox.put(noticeMail('IT01234567890_PASS'));
  const service = await start(box, { IMAP_URL: imapUrlOf(door.url, box.address, 'sbagliata') });
  await eventually('health says so', async () =>
    /refuses user or password/.test((await service.trouble('mailboxes')) ?? ''),
  );
  const [shown] = (await service.mailboxes()).filter(({ mailbox }) => mailbox === box.address);
  assert.deepEqual(
    shown?.troubles.map(({ code, it }) => [code, /sbagliata/.test(it)]),
    [['LOGIN_REFUSED', false]],
  );
  await eventually('it is tried again', () => door.refused() > 1);
  door.set('open');
  await eventually('the mail is handed over', () => namesTaken().includes('IT01234567890_PASS_RC_001.xml'));
  await eventually('the alarm has ended', async () => (await service.trouble('mailboxes')) === undefined);
  await door.close();
});

test('the mail server away: an alarm, nothing lost, and it goes on by itself', needs, async () => {
  const box = await freshBox();
  const door = await startDoor(imapUrl());
  const service = await start(box, { IMAP_URL: imapUrlOf(door.url, box.address) });
  await box.postbox.put(noticeMail('IT01234567890_SRV1'));
  await eventually('the first is handed over', () => hub.receiver.calls.length === 1);
  door.set('shut');
  await box.postbox.put(noticeMail('IT01234567890_SRV2'));
  await eventually('health says so', async () => /does not answer/.test((await service.trouble('mailboxes')) ?? ''));
  door.set('open');
  await eventually('the second is handed over', () => namesTaken().includes('IT01234567890_SRV2_RC_001.xml'));
  await eventually('the alarm has ended', async () => (await service.trouble('mailboxes')) === undefined);
  assert.equal(hub.receiver.calls.length, 2);
  await door.close();
});

test(
  'a mail that the server breaks off at each time does not stop the reader, and is fetched when it can be',
  needs,
  async () => {
    const box = await freshBox();
    const door = await startDoor(imapUrl());
    door.set('fatal');
    await box.postbox.put(noticeMail('IT01234567890_FAT1'));
    const fatal = noticeMail('IT01234567890_FAT2').toString('latin1').replace('Testo del gestore', fatalMark);
    await box.postbox.put(Buffer.from(fatal, 'latin1'));
    await box.postbox.put(noticeMail('IT01234567890_FAT3'));
    const service = await start(box, { IMAP_URL: imapUrlOf(door.url, box.address) });
    await eventually('the one behind is handed over', () => namesTaken().includes('IT01234567890_FAT3_RC_001.xml'));
    const states = async () =>
      (await service.mails(`mailbox=${box.address}`)).map(({ why, state }) => why?.code ?? state);
    assert.deepEqual(await states(), ['understood', 'NOT_FETCHED', 'understood']);
    await eventually('the alarm has ended', async () => (await service.trouble('mailboxes')) === undefined);
    door.set('open');
    const [, broken] = await service.mails(`mailbox=${box.address}`);
    assert.equal((await service.post(`/api/mails/${broken?.mailId}/retry`)).status, 202);
    await eventually('it is handed over', () => namesTaken().includes('IT01234567890_FAT2_RC_001.xml'));
    await eventually('all are done', async () => (await states()).every((state) => state === 'understood'));
    assert.equal(hub.receiver.calls.length, 3);
    await door.close();
  },
);

test('an answer that got lost on its way is asked for again under the same key', needs, async () => {
  const box = await freshBox();
  hub.dbmanager.reply = () => ({ status: 200, body: { customerId: 2, matchedBy: 'vatNumber' } });
  let times = 0;
  hub.receiver.reply = () => ((times += 1) === 1 ? { status: 504, body: {} } : taken);
  await box.postbox.put(sample('sdi-invio-file-p7m.eml'));
  const service = await start(box);
  await eventually(
    'it is done',
    async () => (await service.mails(`mailbox=${box.address}`))[0]?.state === 'understood' && times === 2,
  );
  const keys = hub.receiver.calls.map(({ headers }) => [headers['idempotency-key'], headers['x-correlation-id']]);
  assert.equal(keys.length, 2);
  assert.deepEqual(keys[0], keys[1]);
});

test('only people with role ARUBA see mails', needs, async () => {
  const box = await freshBox();
  const world = { ...hub.world, trustDirectCalls: false };
  const service = await startService(world, box.environment);
  const { callerSecret, clock } = hub.world;
  const status = async (path: string, roles?: readonly Role[]): Promise<number> => {
    const signed = roles && signCaller(callerSecret, { name: 'x', roles }, clock.now());
    const answer = await fetch(`${service.url}${path}`, {
      headers: signed === undefined ? {} : { [callerHeader]: signed },
    });
    await answer.arrayBuffer();
    return answer.status;
  };
  for (const path of ['/api/mails', '/api/mailboxes', `/api/mails/${transmission}`, `/api/mails/${transmission}/raw`]) {
    assert.equal(await status(path), 401, path);
    assert.equal(await status(path, ['SDI', 'CUSTOMER']), 403, path);
    assert.equal(await status(path, ['ARUBA']), path.includes(transmission) ? 404 : 200, path);
  }
  await service.stop();
});
