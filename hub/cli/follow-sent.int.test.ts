// hub: `send` follows what it posted by asking a hub, as far as that hub can know.
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, test } from 'node:test';
import { followable, followAll } from './follow-sent.ts';
import type { Access } from './options.ts';
import type { Sent } from './sent-file.ts';

let server: Server;
let access: Access;
/** What each path answers, the next first; the last one stays. */
let answers: Record<string, unknown[]> = {};

before(async () => {
  server = createServer((request, response) => {
    const found = answers[request.url ?? ''];
    const body = found && found.length > 1 ? found.shift() : found?.[0];
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  access = { gateway: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, key: 'k' };
});
beforeEach(() => (answers = {}));
after(() => server.close());

const path = '/dbmanager/api/invoices?correlationId=c&documents=false';
const place = (invoiceStatus: string, detail?: string) => ({
  content: [{ invoiceNumber: 1, invoiceStatus, ...(detail !== undefined && { detail }) }],
});
const fresh = (): Sent => ({ file: 'a.xml', correlationId: 'c', status: 'ACCEPTED' });

test("SdI's word is waited for where a mailbox is read, and nowhere else", async () => {
  const mailbox = { configured: true, lookedAt: '2026-11-25T10:00:00.000Z', troubles: [] };
  const of = async (...mailboxes: unknown[]) => {
    answers['/mailbox/api/mailboxes'] = [mailboxes];
    return followable(access);
  };
  assert.equal(await of(mailbox), 'sdi');
  assert.equal(await of({ ...mailbox, troubles: [{ code: 'NEARLY_FULL' }] }), 'sdi');
  assert.equal(await of({ ...mailbox, troubles: [{ code: 'LOGIN_REFUSED' }] }), 'sent');
  assert.equal(await of({ ...mailbox, lookedAt: null }), 'sent');
  assert.equal(await of(), 'sent');
  answers = {};
  assert.equal(await followable(access), 'sent');
  assert.equal(await followable({ ...access, gateway: 'http://127.0.0.1:1' }), 'sent');
});

test('a file is followed until the mail server has it, or on to SdI', async () => {
  const [waiting, sent, delivered] = [
    place('INTERNAL_INVOICE_TOBE_SENT', 'TO_BE_SIGNED'),
    place('INTERNAL_INVOICE_SENT', 'SUBMITTED'),
    place('INTERNAL_INVOICE_DELIVERED'),
  ];
  for (const [until, status] of [
    ['sent', 'INTERNAL_INVOICE_SENT'],
    ['sdi', 'INTERNAL_INVOICE_DELIVERED'],
  ] as const) {
    answers[path] = [waiting, sent, delivered];
    const file = fresh();
    await followAll([file], { access, until, waitMs: 30_000 });
    assert.equal(file.status, status);
    // What was true on the way is not kept.
    assert.equal(file.detail, status === 'INTERNAL_INVOICE_SENT' ? 'SUBMITTED' : undefined);
  }
});

test('what SdI discarded comes with what it found', async () => {
  const findings = [{ code: '00423', severity: 'error', message: { it: 'Totale errato.', en: 'The total is wrong.' } }];
  const [row] = place('INTERNAL_INVOICE_DISCARDED', 'DISCARDED_BY_SDI').content;
  answers[path] = [{ content: [{ ...row, findings }] }];
  const file = fresh();
  await followAll([file], { access, until: 'sdi', waitMs: 30_000 });
  assert.deepEqual([file.findings, file.why], [findings, 'error 00423: The total is wrong.']);
});
