// dbmanager: a customer's files go out from its own mailbox, on whichever road they come to the sender.
import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { readSettings } from '@staffetta/platform/config/settings.ts';
import { callerHeader, signCaller, type Caller } from '@staffetta/platform/http/caller.ts';
import type { Running } from '@staffetta/platform/service.ts';
import { testWorld, type TestWorld } from '@staffetta/platform/test-world.ts';
import { servers } from '@staffetta/tools/servers/available.ts';
import { settings } from './config.ts';
import { dbmanager } from './dbmanager.ts';
import { optionsOf, publishedOn, transmissionIn } from './dbmanager.fixture.ts';
import { documentOf, eventOf, incoming } from './events.fixture.ts';
import { broughtBy, discarded } from './notices.fixture.ts';
import { takeInvoices } from './on-incoming-invoice.ts';
import { takeNotices } from './on-sdi-notice.ts';
import { takeSentInvoices } from './on-sent-invoice.ts';
import { takeSignedInvoices } from './on-signed-invoice.ts';
import { rebuildEvent } from './rebuild-event.ts';

interface Shown {
  readonly transmissions: readonly { transmissionId: string; mailbox: string | null }[];
  readonly mailbox?: string;
  readonly invoiceStatus?: string;
}

const signal = new AbortController().signal;
const options = optionsOf();
const path = '/api/customers/3/recapito';

describe('the mailbox of a customer', { skip: servers.postgres.missing }, () => {
  let world: TestWorld;
  let running: Running;
  before(async () => {
    world = await testWorld();
    running = await dbmanager.start(world, readSettings(settings, {}).values);
  });
  after(async () => {
    await running.stop();
    await world.end();
  });

  async function call(method: string, to: string, body?: unknown, headers: Record<string, string> = {}) {
    const answer = await fetch(`http://127.0.0.1:${running.port}${to}`, {
      method,
      headers: body === undefined ? headers : { 'content-type': 'application/json', ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as Shown };
  }

  async function sendsFrom(mailbox: string | null): Promise<void> {
    assert.equal((await call('PUT', path, { recipientCodes: ['UFABC1'], mailbox })).status, 200);
  }

  async function outgoing(invoiceId: string) {
    return (await publishedOn(world, 'outgoingInvoice')).filter(({ key }) => key === invoiceId);
  }

  async function stored(document: string) {
    const event = incoming({ customer: { customerId: 3 }, invoice: document });
    await takeInvoices(world, options)([event], signal);
    const [out] = await outgoing(event.key);
    return { invoiceId: event.key, out };
  }

  async function mailed(invoiceId: string, transmissionId: string, how: 'SENT' | 'NOT_SENT'): Promise<void> {
    const invoiceStatus = `INTERNAL_INVOICE_${how}` as const;
    const news = { invoiceId, transmissionId, customer: { customerId: 3 }, reason: 'no such mailbox', invoiceStatus };
    await takeSentInvoices(world)([eventOf('sentInvoice', invoiceId, news)], signal);
  }

  test('is put beside its addresses, kept when the profile changes, and taken away again', async () => {
    await sendsFrom('Studio@Pec.Example');
    assert.equal((await call('GET', path)).body.mailbox, 'studio@pec.example');
    const profile = {
      name: 'Esempio S.r.l.',
      vatNumber: '03123450672',
      taxRegime: 'RF01',
      address: { street: 'Corso Esempio 3', postcode: '64100', city: 'Teramo', province: 'TE' },
    };
    assert.equal((await call('PUT', '/api/customers/3/profile', profile)).status, 200);
    assert.equal((await call('GET', path)).body.mailbox, 'studio@pec.example');
    await sendsFrom(null);
    assert.equal((await call('GET', path)).body.mailbox, undefined);
  });

  test('is none that it chooses itself, nor what is no address', async () => {
    const three = { name: 'tre', roles: ['CUSTOMER'], customerId: 3 } as const satisfies Caller;
    const asThree = { [callerHeader]: signCaller(world.callerSecret, three, world.clock.now()) };
    assert.equal((await call('PUT', path, { mailbox: 'altri@pec.example' }, asThree)).status, 403);
    assert.equal((await call('PUT', path, { mailbox: 'no address' })).status, 400);
  });

  test('a new file goes out from it, also when its event is built again', async () => {
    await sendsFrom('studio@pec.example');
    const { out } = await stored(documentOf(['M1']));
    const { transmissionId, mailbox } = transmissionIn(out);
    assert.equal(mailbox, 'studio@pec.example');
    const rebuilt = await rebuildEvent(world.store)(`outgoing:${transmissionId}`);
    assert.deepEqual(rebuilt, out?.raw);
    const shown = await call('GET', `/api/invoices/${String(out?.value['invoiceNumber'])}`);
    assert.deepEqual(
      shown.body.transmissions.map((one) => one.mailbox),
      ['studio@pec.example'],
    );
  });

  test('without one the main mailbox sends', async () => {
    await sendsFrom(null);
    const { out } = await stored(documentOf(['M2']));
    assert.equal('mailbox' in transmissionIn(out), false);
  });

  test('a signed file goes out from it', async () => {
    await sendsFrom('studio@pec.example');
    const document = documentOf(['M3']).replaceAll('FPR12', 'FPA12').replace('ABC1234', 'ABC123');
    const { invoiceId } = await stored(document);
    const waits = (await publishedOn(world, 'unsignedInvoice')).find(({ key }) => key === invoiceId);
    const { transmissionId } = transmissionIn(waits);
    const file = Buffer.from('signed');
    const message = { invoiceId, transmissionId, file: file.toString('base64'), sha256: hash('sha256', file, 'hex') };
    await takeSignedInvoices(world)([eventOf('signedInvoice', invoiceId, message)], signal);
    const [out] = await outgoing(invoiceId);
    assert.equal(transmissionIn(out).mailbox, 'studio@pec.example');
    assert.deepEqual(await rebuildEvent(world.store)(`outgoing:${transmissionId}`), out?.raw);
  });

  test('a mailbox that the sender does not know ends as NOT_SENT, and the right one sends the same file', async () => {
    await sendsFrom('sbagliata@pec.example');
    const { invoiceId, out } = await stored(documentOf(['M4']));
    const number = String(out?.value['invoiceNumber']);
    await mailed(invoiceId, transmissionIn(out).transmissionId, 'NOT_SENT');
    await sendsFrom('giusta@pec.example');
    assert.equal((await call('POST', `/api/invoices/${number}/reinvia`, {})).status, 200);
    const [, again] = await outgoing(invoiceId);
    assert.equal(transmissionIn(again).mailbox, 'giusta@pec.example');
    assert.equal(transmissionIn(again).fileName, transmissionIn(out).fileName);
  });

  test('a corrected file goes out from it', async () => {
    await sendsFrom('studio@pec.example');
    const { invoiceId, out } = await stored(documentOf(['M5']));
    const number = String(out?.value['invoiceNumber']);
    const { transmissionId, fileName } = transmissionIn(out);
    await mailed(invoiceId, transmissionId, 'SENT');
    const about = { fileName, sdiId: '7700001', messageId: '7700001' };
    await takeNotices(world, options)([broughtBy(discarded(about, ['00423']))], signal);
    const invoice = documentOf(['M5']).replace('Viale Lungo 7', 'Viale Lungo 9');
    assert.equal((await call('POST', `/api/invoices/${number}/reinvia`, { invoice })).status, 200);
    const [, again] = await outgoing(invoiceId);
    assert.equal(transmissionIn(again).mailbox, 'studio@pec.example');
    assert.notEqual(transmissionIn(again).fileName, fileName);
  });
});
