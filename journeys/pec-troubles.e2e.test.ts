// journeys: the mailbox in trouble: an alarm says so, nothing is lost, and all goes on by itself; on the sandbox and on Dovecot.
import { turnHubClock } from '@staffetta/platform/hub-clock.ts';
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Invoice } from './harness/client.ts';
import type { Estate } from './harness/estate.ts';
import { invoiceXml } from './harness/invoices.ts';
import { dovecotWorld, sandboxWorld, type MailWorld } from './harness/mail-worlds.ts';
import { untilTold } from './harness/outcomes.ts';
import { hasTrouble, isAtRest, shownMailbox, shownMails, untilMailbox } from './harness/pec-reader.ts';
import { SdiDesk } from './harness/sdi-desk.ts';
import { until } from './harness/wait.ts';

const patience = { timeoutMs: 90_000 };
const dayMs = 86_400_000;
const settings = {
  IMAP_RECONNECT_DELAYS: '200ms',
  IMAP_LOGIN_RETRY: '300ms',
  MAILBOX_QUOTA_CHECK: '200ms',
  MAIL_UNSURE_WAIT: '15s',
};

const lifeOfAnInvoice = ['INTERNAL_INVOICE_TOBE_SENT', 'INTERNAL_INVOICE_SENT', 'INTERNAL_INVOICE_DELIVERED'] as const;

const troubles = [
  {
    name: 'the mail server away',
    code: 'SERVER_AWAY',
    says: /does not answer/,
    begin: (world: MailWorld) => world.goAway(),
    end: (world: MailWorld) => world.comeBack(),
  },
  {
    name: 'a wrong password',
    code: 'LOGIN_REFUSED',
    says: /refuses user or password/,
    begin: (world: MailWorld) => world.changePassword(),
    end: (world: MailWorld) => world.restorePassword(),
  },
  {
    name: 'a full mailbox',
    code: 'NEARLY_FULL',
    says: /% full: make room/,
    begin: (world: MailWorld) => world.fill(),
    end: (world: MailWorld) => world.makeRoom(),
  },
] as const;

function send({ client, sandbox }: Estate, count: number): Promise<string[]> {
  const callback = sandbox.callbackUrl('troubles');
  return Promise.all(Array.from({ length: count }, () => client.accept({ callback })));
}

/** Each invoice has come to its end, told once; all mails are done, and no alarm is left. */
async function untilAllIsWell(estate: Estate, ids: readonly string[]): Promise<void> {
  for (const id of ids) await untilTold(estate, id, lifeOfAnInvoice, patience);
  await untilMailbox(estate.client, 'no alarm is left, and all mails are done', isAtRest, patience);
  assert.deepEqual(await estate.client.deadLetters({ state: 'open' }), []);
}

async function health({ client }: Estate) {
  const [all, readiness] = await Promise.all([
    client.ask('mailbox', { path: '/actuator/health', direct: true }),
    client.ask('mailbox', { path: '/actuator/health/readiness', direct: true }),
  ]);
  return { words: all.text, isReady: readiness.status === 200 };
}

async function onlyInvoice({ client }: Estate, correlationId: string): Promise<Invoice | undefined> {
  const [found] = await client.invoicesOf(correlationId);
  return found && client.invoice(found.invoiceNumber);
}

async function untilDetail(estate: Estate, correlationId: string, detail: string): Promise<Invoice> {
  const look = () => onlyInvoice(estate, correlationId);
  const found = await until(`${correlationId}: ${detail}`, look, (invoice) => invoice?.detail === detail, patience);
  assert.ok(found);
  return found;
}

for (const setUp of [sandboxWorld, dovecotWorld]) {
  describe(`on the ${setUp.name} set-up`, { skip: setUp.missing }, () => {
    let world: MailWorld;
    before(async () => {
      world = await setUp.start(settings);
    });
    after(() => world?.estate.stop());

    for (const { name, code, says, begin, end } of troubles) {
      test(`${name}: a clear alarm, nothing lost, and all goes on by itself`, async () => {
        const { estate } = world;
        const before = await send(estate, 5);
        await begin(world);
        const during = await send(estate, 15);
        const shown = await untilMailbox(estate.client, code, (mailbox) => hasTrouble(mailbox, code), patience);
        const alarm = shown.troubles.find((trouble) => trouble.code === code);
        assert.match(alarm?.en ?? '', says);
        assert.ok((alarm?.it ?? '').length > 20);
        const { words, isReady } = await health(estate);
        assert.match(words, /DEGRADED/);
        assert.match(words, says);
        assert.ok(isReady, 'who waits for a mail server can still be asked');
        for (const id of during) {
          const detail = (await onlyInvoice(estate, id))?.detail ?? 'SUBMITTED';
          assert.equal(detail, 'SUBMITTED', 'no receipt has come through');
        }
        await end(world);
        await untilAllIsWell(estate, [...before, ...during]);
        assert.doesNotMatch((await health(estate)).words, says);
      });
    }

    test('UIDVALIDITY changed: an alarm, all is read again, nothing counts twice, and what follows is taken', async () => {
      const { estate } = world;
      const before = await send(estate, 5);
      await untilAllIsWell(estate, before);
      const known = await shownMailbox(estate.client);
      const done = (await shownMails(estate.client)).length;
      await world.renumber();
      const after = await send(estate, 5);
      await untilAllIsWell(estate, [...before, ...after]);
      const now = await untilMailbox(
        estate.client,
        'renumbered',
        ({ renumberedAt }) => renumberedAt !== null,
        patience,
      );
      assert.notEqual(now.uidvalidity, known.uidvalidity);
      await until(
        'all to be read again',
        () => shownMails(estate.client, 'repeated'),
        (repeated) => repeated.length > 0 && repeated.length <= done,
        patience,
      );
      const logged = await estate.process('hub').logged('UIDVALIDITY_CHANGED');
      assert.ok(logged.length > 0, 'the log tells of it');
      for (const id of [...before, ...after]) await untilTold(estate, id, lifeOfAnInvoice);
    });
  });
}

describe('what users of other programs suffer from', () => {
  let estate: Estate;
  before(async () => {
    ({ estate } = await sandboxWorld.start(settings));
  });
  after(() => estate?.stop());

  function accept(transmitter: string): Promise<string> {
    const callback = estate.sandbox.callbackUrl('suffering');
    return estate.client.accept({ document: invoiceXml({ transmitter }), callback });
  }

  test('duplicates after an unsure send are impossible: receipts tell what came of it before it is repeated', async () => {
    const { sandbox } = estate;
    await sandbox.misbehaveSmtp({ match: 'IT02222222222', cut: true, keep: true, times: 1 });
    await sandbox.misbehaveSmtp({ match: 'IT03333333338', cut: true, times: 1 });
    const [kept, lost] = await Promise.all([accept('02222222222'), accept('03333333338')]);
    for (const id of [kept, lost]) await untilTold(estate, id, lifeOfAnInvoice, patience);
    const files = await new SdiDesk(sandbox).files();
    for (const id of [kept, lost]) {
      assert.equal((await sandbox.mails({ correlationId: id })).length, 1, 'one mail came to the server whole');
      const invoice = await onlyInvoice(estate, id);
      const names = invoice?.transmissions?.map(({ fileName }) => fileName) ?? [];
      assert.equal(names.length, 1);
      assert.equal(files.filter(({ fileName }) => fileName === names[0]).length, 1, 'SdI got it once');
    }
  });

  test('a status stuck at sent is impossible: silence of SdI or of the provider raises an alarm, which the answer ends, or sending again', async () => {
    const { client, sandbox } = estate;
    const callback = sandbox.callbackUrl('stuck');
    const silent = await client.accept({ document: invoiceXml({ reasons: ['SDI:SILENZIO'] }), callback });
    await untilDetail(estate, silent, 'IN_SDI_MAILBOX');
    await sandbox.misbehavePec({ match: 'IT04444444444', outcome: 'silence' });
    const unheard = await client.accept({ document: invoiceXml({ transmitter: '04444444444' }), callback });
    await untilDetail(estate, unheard, 'SUBMITTED');
    await turnHubClock(estate.dataDir, 6 * dayMs);
    for (const id of [silent, unheard]) {
      const look = () => onlyInvoice(estate, id);
      const isAlarmed = (invoice: Invoice | undefined): boolean =>
        invoice?.alarms?.some(({ clearedAt }) => !clearedAt) === true;
      const invoice = await until(`an alarm about ${id}`, look, isAlarmed, patience);
      assert.equal(invoice?.invoiceStatus, 'INTERNAL_INVOICE_SENT', 'silence is no failure');
    }
    const [file] = (await onlyInvoice(estate, silent))?.transmissions ?? [];
    await new SdiDesk(sandbox).notice({ fileName: file?.fileName ?? '', kind: 'RC' });
    const { alarms = [] } = await untilDetail(estate, silent, 'DELIVERED_TO_RECIPIENT');
    assert.ok(alarms.every(({ clearedAt }) => clearedAt));
    await sandbox.behavePec();
    const lost = await onlyInvoice(estate, unheard);
    const again = await client.ask('dbmanager', {
      method: 'POST',
      path: `/api/invoices/${lost?.invoiceNumber}/reinvia`,
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    assert.ok(again.status < 300, again.text);
    const found = await untilDetail(estate, unheard, 'DELIVERED_TO_RECIPIENT');
    assert.deepEqual(
      found.alarms?.filter(({ clearedAt }) => !clearedAt),
      [],
    );
  });
});
