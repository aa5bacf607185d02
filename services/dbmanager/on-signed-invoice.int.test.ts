// dbmanager: what must be signed waits for its signed file, which then goes out in its place, once.
import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { signCades } from '@staffetta/fatturapa/signature/cades.ts';
import { madeKey } from '@staffetta/fatturapa/signature/keys.fixture.ts';
import type { IncomingInvoice, SignedInvoice, UnsignedInvoice } from '@staffetta/flow/messages.ts';
import { uuidv7 } from '@staffetta/platform/ids.ts';
import type { TestWorld } from '@staffetta/platform/test-world.ts';
import { servers } from '@staffetta/tools/servers/available.ts';
import { countRows, findingsOf, optionsOf, preparedWorld, publishedOn, transmissionIn } from './dbmanager.fixture.ts';
import { documentOf, eventOf, incoming } from './events.fixture.ts';
import { findInvoice } from './invoice-views.ts';
import { takeNotifications } from './on-dsi-notification.ts';
import { takeInvoices } from './on-incoming-invoice.ts';
import { takeSignedInvoices } from './on-signed-invoice.ts';
import { rebuildEvent } from './rebuild-event.ts';
import { transmissionsOf } from './transmissions.ts';

const signal = new AbortController().signal;

/** A right document to a public body. */
function toPublicBody(number: string): string {
  return documentOf([number]).replaceAll('FPR12', 'FPA12').replace('ABC1234', 'ABC123');
}

describe('signing', { skip: servers.postgres.missing }, () => {
  let world: TestWorld;
  let count = 0;
  before(async () => {
    world = await preparedWorld();
  });
  after(() => world.end());

  const signing = optionsOf().signing;

  async function take(changes: Partial<IncomingInvoice>, rule = signing) {
    const event = incoming(changes);
    await takeInvoices(world, optionsOf({ signing: rule }))([event], signal);
    return event.message.invoiceId;
  }

  async function on(topic: string, invoiceId: string) {
    return (await publishedOn(world, topic)).filter(({ key }) => key === invoiceId);
  }

  /** An invoice that waits for its signature. */
  async function waiting() {
    const document = toPublicBody(`S${(count += 1)}`);
    const invoiceId = await take({ invoice: document });
    const [event] = await on('unsignedInvoice', invoiceId);
    const { transmission, ...invoice } = event!.value as unknown as UnsignedInvoice;
    return { invoiceId, document, transmission, invoiceNumber: invoice.invoiceNumber ?? 0, invoice };
  }
  type Waiting = Awaited<ReturnType<typeof waiting>>;

  function signed({ invoiceId, transmission }: Waiting, text: string, changes: Partial<SignedInvoice> = {}) {
    const bytes = Buffer.from(text);
    return eventOf('signedInvoice', invoiceId, {
      invoiceId,
      transmissionId: transmission.transmissionId,
      file: bytes.toString('base64'),
      sha256: hash('sha256', bytes, 'hex'),
      ...changes,
    });
  }

  const takeSigned = (...batch: ReturnType<typeof signed>[]) => takeSignedInvoices(world)(batch, signal);

  test('an invoice to a public body goes to the signer with its exact bytes and the name of the signed file', async () => {
    const { invoiceId, document, transmission, invoice } = await waiting();
    assert.equal(invoice.invoice, document);
    assert.match(transmission.fileName, /^IT01234567897_.{5}\.xml\.p7m$/);
    assert.deepEqual([transmission.format, transmission.sha256], ['cades', hash('sha256', document, 'hex')]);
    assert.deepEqual(await on('outgoingInvoice', invoiceId), []);
    const [saved] = await on('savedInvoice', invoiceId);
    assert.deepEqual(
      [saved?.value['invoiceStatus'], saved?.value['detail']],
      ['INTERNAL_INVOICE_TOBE_SENT', 'TO_BE_SIGNED'],
    );
  });

  test('the signed file goes out under that name and hash; the original stays what the invoice shows', async () => {
    const one = await waiting();
    await takeSigned(signed(one, 'signed'));
    const [event, ...more] = await on('outgoingInvoice', one.invoiceId);
    assert.equal(more.length, 0);
    assert.equal(Buffer.from(String(event?.value['file']), 'base64').toString(), 'signed');
    assert.equal(event?.value['invoice'], undefined);
    const { transmissionId, fileName } = one.transmission;
    const sha256 = hash('sha256', 'signed', 'hex');
    assert.deepEqual(transmissionIn(event), { transmissionId, fileName, sha256 });
    assert.equal(event?.eventId, transmissionId);
    const [transmission] = await transmissionsOf(world.store, one.invoiceId);
    assert.deepEqual([transmission?.sha256, transmission?.signAs], [sha256, 'cades']);
    assert.ok(transmission?.signedAt);
    const view = await findInvoice(world.store, one.invoiceNumber);
    assert.deepEqual([view?.bytes.toString(), view?.detail, view?.sequence], [one.document, null, 1]);
  });

  test('the same file again, and a second signature of it, change nothing more', async () => {
    const one = await waiting();
    const event = signed(one, 'first');
    await takeSigned(event, signed(one, 'second'));
    const counts = await countRows(world);
    const outgoing = await on('outgoingInvoice', one.invoiceId);
    await takeSigned(event);
    await takeSigned(signed(one, 'third'), event);
    assert.deepEqual(await countRows(world), counts);
    assert.deepEqual(await on('outgoingInvoice', one.invoiceId), outgoing);
    assert.equal(outgoing.length, 1);
    assert.equal(Buffer.from(String(outgoing[0]?.value['file']), 'base64').toString(), 'first');
  });

  test('the invoice handed in again while it is being signed changes nothing more', async () => {
    const one = await waiting();
    await take({ invoice: one.document, invoiceId: one.invoiceId });
    assert.equal((await on('unsignedInvoice', one.invoiceId)).length, 1);
    await takeSigned(signed(one, 'signed'));
    assert.equal((await on('outgoingInvoice', one.invoiceId)).length, 1);
  });

  test('a file that comes when SdI has spoken already, or for another transmission, changes nothing', async () => {
    const [late, other] = [await waiting(), await waiting()];
    const status = 'INTERNAL_INVOICE_DELIVERED' as const;
    const news = { customerId: 2, invoiceNumber: late.invoiceNumber, status, correlationId: 'n' };
    await takeNotifications(world)([eventOf('dsiNotification', `2:${late.invoiceNumber}`, news)], signal);
    const counts = await countRows(world);
    await takeSigned(signed(late, 'late'), signed(other, 'other', { transmissionId: uuidv7() }));
    assert.deepEqual(await countRows(world), counts);
    for (const { invoiceId } of [late, other]) assert.deepEqual(await on('outgoingInvoice', invoiceId), []);
  });

  test('a damaged file, one without sense and one for nobody fail alone', async () => {
    const one = await waiting();
    const wrong = [
      signed(one, 'x', { sha256: '00' }),
      signed(one, '', {}),
      signed(one, 'x', { invoiceId: 'no' }),
      signed(one, 'x', { invoiceId: uuidv7() }),
    ];
    const failed = await takeSigned(...wrong, signed(one, 'signed'));
    assert.deepEqual(
      failed?.map(({ event }) => event),
      wrong,
    );
    assert.equal((await on('outgoingInvoice', one.invoiceId)).length, 1);
  });

  test('both events are built again from the tables as they were published', async () => {
    const one = await waiting();
    const rebuild = rebuildEvent(world.store);
    const { transmissionId } = one.transmission;
    const [asked] = await on('unsignedInvoice', one.invoiceId);
    assert.deepEqual(JSON.parse(String(await rebuild(`unsigned:${transmissionId}`))), asked?.value);
    await takeSigned(signed(one, 'signed'));
    const [outgoing] = await on('outgoingInvoice', one.invoiceId);
    assert.deepEqual(JSON.parse(String(await rebuild(`outgoing:${transmissionId}`))), outgoing?.value);
    assert.equal(await rebuild(`unsigned:${transmissionId}`), undefined);
  });

  test('a file that is signed already goes out byte for byte', async () => {
    const document = Buffer.from(toPublicBody('P1'));
    const file = await signCades(document, madeKey('RSA'), { at: new Date(world.clock.now().getTime() - 60_000) });
    const invoiceId = await take({ file: file.toString('base64'), fileName: 'mine.xml.p7m' });
    assert.deepEqual(await on('unsignedInvoice', invoiceId), []);
    const [event] = await on('outgoingInvoice', invoiceId);
    assert.equal(event?.value['file'], file.toString('base64'), JSON.stringify(await on('savedInvoice', invoiceId)));
    assert.match(transmissionIn(event).fileName, /\.xml\.p7m$/);
  });

  test('XAdES keeps the extension, and private invoices are signed where that is set', async () => {
    const rule = { ...signing, format: 'xades', private: true } as const;
    const invoiceId = await take({ invoice: documentOf(['X1']) }, rule);
    const [event] = await on('unsignedInvoice', invoiceId);
    assert.ok(event);
    const { fileName, format } = (event.value as unknown as UnsignedInvoice).transmission;
    assert.equal(format, 'xades');
    assert.match(fileName, /_.{5}\.xml$/);
  });

  test('without a key an unsigned invoice to a public body is INVALID, and told what to do', async () => {
    const invoiceId = await take({ invoice: toPublicBody('N1') }, { ...signing, signs: false });
    const [saved] = await on('savedInvoice', invoiceId);
    assert.equal(saved?.value['invoiceStatus'], 'INTERNAL_INVOICE_INVALID');
    assert.ok(findingsOf(saved).some(({ code }) => code === 'SIGNATURE_MISSING'));
    for (const topic of ['unsignedInvoice', 'outgoingInvoice']) assert.deepEqual(await on(topic, invoiceId), []);
  });
});
