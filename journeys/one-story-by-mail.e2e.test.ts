// journeys: what the provider and SdI say of an invoice by mail leads back to its story in a trace viewer; the mail to SdI tells none of it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { request } from 'undici';
import { goodOutcomes, untilStatus, untilTold } from './harness/outcomes.ts';
import { splitOwnMailSetUp } from './harness/pec-set-ups.ts';
import { tellOn } from './harness/set-ups.ts';
import { expectLeadsBack, stagesOf, TraceViewer } from './harness/trace-viewer.ts';
import { until } from './harness/wait.ts';

const viewer = new TraceViewer();
const caller = { traceId: 'c0ffee0916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' } as const;

tellOn([viewer.watching(splitOwnMailSetUp)], { mail: 'sandbox' }, (estate) => {
  test("the provider's receipts and SdI's notice come by mail, each a trace of its own that leads back to the invoice", async () => {
    const { client, sandbox } = estate();
    const correlationId = await client.accept({ callback: sandbox.callbackUrl('by-mail') });
    const status = 'INTERNAL_INVOICE_DELIVERED';
    const told = await untilTold(estate(), correlationId, [...goodOutcomes, status], { timeoutMs: 90_000 });
    const [saved, , delivered] = told.toSorted((one, other) => (one.sequence ?? 0) - (other.sequence ?? 0));
    const { traceId } = await viewer.spanOfTold(correlationId, saved);
    const { invoiceId, invoiceNumber } = await untilStatus(estate(), correlationId, status);
    const invoice = { traceId, invoiceId, invoiceNumber, correlationId };

    const way = await viewer.wayTo(await viewer.spanOfTold(correlationId, delivered));
    assert.deepEqual(stagesOf(way), [
      'mailbox: hand over mail',
      'mailbox: POST /api/notificaSdI',
      'receiver: POST /api/notificaSdI',
      'receiver: send sdiNotice',
      'dbmanager: process sdiNotice',
      'dbmanager: match sdiNotice',
      'dbmanager: create savedInvoice',
      'receiver: process savedInvoice',
      'receiver: callback',
    ]);
    expectLeadsBack(way[5], invoice);
    const receipts = { service: 'dbmanager', name: 'match pecReceipt', facts: { 'staffetta.invoice.id': invoiceId } };
    const look = () => Promise.resolve(viewer.find(receipts));
    const matches = await until('both receipts', look, (found) => found.length >= 2);
    for (const match of matches) {
      expectLeadsBack(match, invoice);
      assert.deepEqual(stagesOf(await viewer.wayTo(match)), [
        'mailbox: hand over mail',
        'mailbox: create pecReceipt',
        'dbmanager: process pecReceipt',
        'dbmanager: match pecReceipt',
      ]);
    }
    assert.equal(new Set([traceId, way[0]?.traceId, ...matches.map((match) => match.traceId)]).size, 4);
  });

  test('the mail to SdI says nothing of traces', async () => {
    const { client, sandbox } = estate();
    const correlationId = await client.accept({ headers: { traceparent: `00-${caller.traceId}-${caller.spanId}-01` } });
    const look = () => sandbox.mails();
    const isIts = (one: { readonly correlationId: string }): boolean => one.correlationId === correlationId;
    const mail = (await until('the mail', look, (mails) => mails.some(isIts))).find(isIts);
    const raw = await (await request(`${sandbox.page}/mails/${mail?.id}/raw`)).body.text();
    const [head = ''] = raw.split('\r\n\r\n');
    assert.match(head, /^Message-ID:/im);
    assert.doesNotMatch(head, /trace/i);
    assert.doesNotMatch(raw, new RegExp(`${caller.traceId}|${caller.spanId}`, 'i'));
  });
});
