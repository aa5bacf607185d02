// receiver: what the mailbox brings: an invoice with SdI's MT, and notices, each told with where it came from.
import { writeNotice } from '@staffetta/fatturapa/notices/write-notice.ts';
import type { IncomingInvoice, SdiNotice } from '@staffetta/flow/messages.ts';
import type { ConsumedEvent } from '@staffetta/platform/bus/bus.ts';
import { callerHeader, signCaller, type Role } from '@staffetta/platform/http/caller.ts';
import type { Running } from '@staffetta/platform/service.ts';
import { testWorld, type TestWorld } from '@staffetta/platform/test-world.ts';
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { receiver } from './receiver.ts';
import { eventually, header, quickSettings, recordFlow } from './receiver-test-kit.ts';

let world: TestWorld;
let running: Running;
let invoices: ConsumedEvent[];
let notices: ConsumedEvent[];

before(async () => {
  world = await testWorld();
  invoices = await recordFlow(world, 'incomingInvoice');
  notices = await recordFlow(world, 'sdiNotice');
  running = await receiver.start(world, quickSettings());
});
after(async () => {
  await running.stop();
  await world.end();
});

const metadata = writeNotice({
  family: 'B2B',
  kind: 'MT',
  object: {
    IdentificativoSdI: '111',
    NomeFile: 'IT01234567890_FPR01.xml',
    Hash: '',
    CodiceDestinatario: 'ABC1234',
    Formato: 'FPR12',
    TentativiInvio: '1',
    MessageId: '5',
  },
});
const file = Buffer.from('<?xml version="1.0"?><p:FatturaElettronica xmlns:p="x"/>').toString('base64');

function asMailbox(...roles: Role[]): Record<string, string> {
  return { [callerHeader]: signCaller(world.callerSecret, { name: 'mailbox', roles }, world.clock.now()) };
}

function bring(
  id: string,
  changes: Record<string, unknown> = {},
  path = 'salvaFatturaEsterna',
  caller = asMailbox('ARUBA'),
): Promise<Response> {
  const body = { customer: { customerId: 2 }, file, fileName: 'IT01234567890_FPR01.xml', ...changes };
  return fetch(`http://127.0.0.1:${running.port}/api/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-correlation-id': id, ...caller },
    body: JSON.stringify(body),
  });
}

async function messageOf<T>(events: ConsumedEvent[], id: string): Promise<T> {
  const find = () => events.find((one) => header(one, 'X-Correlation-ID') === id);
  await eventually('it is in the log', () => find() !== undefined);
  return JSON.parse(find()!.value.toString()) as T;
}

test('an invoice travels with the MT that came with it, byte for byte', async () => {
  const answer = await bring('pair', {
    metadata: metadata.toString('base64'),
    metadataName: 'IT_MT_001.xml',
    mailbox: 'a@pec.example',
  });
  assert.equal(answer.status, 202, await answer.text());
  const message = await messageOf<IncomingInvoice>(invoices, 'pair');
  assert.deepEqual(Buffer.from(message.metadata ?? '', 'base64'), metadata);
  assert.deepEqual([message.metadataName, message.file, message.mailbox], ['IT_MT_001.xml', file, 'a@pec.example']);
});

test('when the mail was certified is believed of the mailbox alone', async () => {
  const changes = { metadata: metadata.toString('base64'), certifiedAt: '2026-11-20T11:00:00+01:00' };
  await bring('certified', changes);
  await bring('made-up', changes, 'salvaFatturaEsterna', {});
  const message = await messageOf<IncomingInvoice>(invoices, 'certified');
  assert.equal(message.certifiedAt, '2026-11-20T10:00:00.000Z');
  assert.equal((await messageOf<IncomingInvoice>(invoices, 'made-up')).certifiedAt, undefined);
});

test('what is no MT is refused at the door, and so is an MT with an invoice to send', async () => {
  const receipt = writeNotice({
    family: 'PA',
    kind: 'DT',
    object: { IdentificativoSdI: '1', NomeFile: 'a', MessageId: '1' },
  });
  const wrong = ['***', file, receipt.toString('base64'), Buffer.from('ciao').toString('base64')];
  for (const one of wrong) {
    const answer = await bring('wrong', { metadata: one });
    assert.equal(answer.status, 400);
    assert.match(await answer.text(), /body\/metadata/);
  }
  const named = await bring('name', { metadata: metadata.toString('base64'), metadataName: 'a/b.xml' });
  assert.equal(named.status, 400);
  const internal = await bring('to-send', { metadata: metadata.toString('base64') }, 'salvaFatturaInterna');
  assert.equal(internal.status, 400);
});

test('null and empty fields are as good as none', async () => {
  const answer = await bring('null', { metadata: null, metadataName: null });
  assert.equal(answer.status, 202, await answer.text());
  assert.equal((await messageOf<IncomingInvoice>(invoices, 'null')).metadata, undefined);
});

test('a notice of the mailbox is told as such, any other as handed in', async () => {
  const post = (id: string, headers: Record<string, string>) =>
    fetch(`http://127.0.0.1:${running.port}/api/notificaSdI`, {
      method: 'POST',
      headers: { 'content-type': 'application/xml', 'x-correlation-id': id, ...headers },
      body: new Uint8Array(metadata),
    });
  assert.equal((await post('by-mail', asMailbox('SDI'))).status, 202);
  assert.equal((await post('by-hand', {})).status, 202);
  assert.equal((await messageOf<SdiNotice>(notices, 'by-mail')).source, 'mailbox');
  assert.equal((await messageOf<SdiNotice>(notices, 'by-hand')).source, 'rest');
});
