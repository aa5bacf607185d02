// journeys: an invoice goes to SdI by PEC and comes to its end there: on the sandbox's mailboxes, on GreenMail, on Dovecot.
import { turnHubClock } from '@staffetta/platform/hub-clock.ts';
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { test } from 'node:test';
import type { Invoice } from './harness/client.ts';
import type { Estate } from './harness/estate.ts';
import { invoiceXml, type InvoiceChanges } from './harness/invoices.ts';
import { untilTold } from './harness/outcomes.ts';
import { dovecotSetUp, greenmailSetUp, ownMailSetUp, pecAddress } from './harness/pec-set-ups.ts';
import { SdiDesk } from './harness/sdi-desk.ts';
import { tellOn } from './harness/set-ups.ts';
import { until } from './harness/wait.ts';

const dayMs = 86_400_000;
const patience = { timeoutMs: 90_000 };

async function send(estate: Estate, changes: InvoiceChanges = {}): Promise<string> {
  const callback = estate.sandbox.callbackUrl('sdi');
  return estate.client.accept({ document: invoiceXml(changes), callback });
}

function untilSo({ client }: Estate, correlationId: string, what: string, isSo: (invoice: Invoice) => boolean) {
  return until(
    `${correlationId}: ${what}`,
    async () => {
      const [found] = await client.invoicesOf(correlationId);
      return found && client.invoice(found.invoiceNumber);
    },
    (invoice) => invoice !== undefined && isSo(invoice),
    patience,
  ).then((invoice) => invoice as Invoice);
}

const untilDetail = (estate: Estate, correlationId: string, detail: string) =>
  untilSo(estate, correlationId, detail, (invoice) => invoice.detail === detail);

function codesOf({ findings = [] }: Invoice): string[] {
  return findings.filter(({ severity }) => severity === 'error').map(({ code }) => code);
}

tellOn([ownMailSetUp, greenmailSetUp, dovecotSetUp], {}, (estate) => {
  test('B2B delivered: sent, certified by the provider, delivered, each told once', async () => {
    const id = await send(estate());
    const invoice = await untilDetail(estate(), id, 'DELIVERED_TO_RECIPIENT');
    assert.equal(invoice.invoiceStatus, 'INTERNAL_INVOICE_DELIVERED');
    const [transmission] = invoice.transmissions ?? [];
    assert.ok(transmission?.sdiId);
    const withReceipts = await untilSo(
      estate(),
      id,
      'both receipts',
      ({ transmissions }) => transmissions?.[0]?.receipts?.length === 2,
    );
    assert.deepEqual(withReceipts.transmissions?.[0]?.receipts?.map(({ receipt }) => receipt).toSorted(), [
      'accettazione',
      'avvenuta-consegna',
    ]);
    await untilTold(estate(), id, [
      'INTERNAL_INVOICE_TOBE_SENT',
      'INTERNAL_INVOICE_SENT',
      'INTERNAL_INVOICE_DELIVERED',
    ]);
  });

  test('what follows goes to the address that SdI dedicated', async () => {
    const id = await send(estate());
    await untilDetail(estate(), id, 'DELIVERED_TO_RECIPIENT');
    const answer = await estate().client.ask('sender', { path: '/api/addresses' });
    assert.match(answer.text, /sdi48@pec\.fatturapa\.it/);
    const next = await send(estate());
    const { transmissions = [] } = await untilDetail(estate(), next, 'DELIVERED_TO_RECIPIENT');
    const { text } = await estate().client.ask('sender', { path: `/api/mails?fileName=${transmissions[0]?.fileName}` });
    assert.match(text, /sdi48@pec\.fatturapa\.it/);
  });

  test('discarded with three errors, corrected and sent again, delivered; the history keeps all of it', async () => {
    const number = `C${randomInt(1e9)}`;
    const id = await send(estate(), { number, reasons: ['SDI:SCARTO 00311 00320 00324'] });
    const discarded = await untilDetail(estate(), id, 'DISCARDED_BY_SDI');
    assert.deepEqual(codesOf(discarded), ['00311', '00320', '00324']);
    const answer = await estate().client.ask('dbmanager', {
      method: 'POST',
      path: `/api/invoices/${discarded.invoiceNumber}/reinvia`,
      headers: { 'content-type': 'application/xml' },
      body: invoiceXml({ number }),
    });
    assert.ok(answer.status < 300, answer.text);
    const delivered = await untilDetail(estate(), id, 'DELIVERED_TO_RECIPIENT');
    assert.equal(delivered.transmissions?.length, 2);
    assert.notEqual(delivered.transmissions?.[0]?.fileName, delivered.transmissions?.[1]?.fileName);
    assert.deepEqual(delivered.notices?.map(({ kind }) => kind).toSorted(), ['NS', 'RC']);
    await untilTold(estate(), id, [
      'INTERNAL_INVOICE_TOBE_SENT',
      'INTERNAL_INVOICE_SENT',
      'INTERNAL_INVOICE_DISCARDED',
      'INTERNAL_INVOICE_TOBE_SENT',
      'INTERNAL_INVOICE_SENT',
      'INTERNAL_INVOICE_DELIVERED',
    ]);
  });

  test('not delivered to a private customer: issued all the same, and not to be sent again', async () => {
    const id = await send(estate(), { reasons: ['SDI:MC'] });
    const invoice = await untilDetail(estate(), id, 'AVAILABLE_TO_CUSTOMER');
    assert.equal(invoice.invoiceStatus, 'INTERNAL_INVOICE_NOT_DELIVERED');
    const answer = await estate().client.ask('dbmanager', {
      method: 'POST',
      path: `/api/invoices/${invoice.invoiceNumber}/reinvia`,
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    assert.equal(answer.status, 409, answer.text);
  });

  test('one lot, an outcome of its own for each invoice of it', async () => {
    const id = await send(estate(), { format: 'FPA12', reasons: ['SDI:ACCETTA', 'SDI:RIFIUTA CIG mancante'] });
    const isAnswered = ({ documents = [] }: Invoice): boolean =>
      documents[0]?.detail === 'ACCEPTED' && documents[1]?.detail === 'REFUSED';
    const invoice = await untilSo(estate(), id, 'both answers', isAnswered);
    assert.equal(invoice.invoiceStatus, 'INTERNAL_INVOICE_DELIVERED');
  });

  test('public bodies accept, refuse, let the deadline pass, cannot be reached', async () => {
    const [accepted, refused, silent, unreachable] = await Promise.all(
      ['SDI:ACCETTA', 'SDI:RIFIUTA importo errato', 'SDI:DECORRENZA', 'SDI:AT'].map((word) =>
        send(estate(), { format: 'FPA12', reasons: [word] }),
      ),
    );
    await untilDetail(estate(), accepted ?? '', 'ACCEPTED');
    await untilDetail(estate(), refused ?? '', 'REFUSED');
    await untilDetail(estate(), silent ?? '', 'DELIVERED_TO_RECIPIENT');
    await untilDetail(estate(), unreachable ?? '', 'DELIVERY_RETRIED');
    await turnHubClock(estate().dataDir, 16 * dayMs);
    const passed = await untilDetail(estate(), silent ?? '', 'DEADLINE_PASSED');
    assert.equal(passed.invoiceStatus, 'INTERNAL_INVOICE_DELIVERED');
    const attested = await untilDetail(estate(), unreachable ?? '', 'UNDELIVERABLE_ATTESTED');
    assert.equal(attested.invoiceStatus, 'INTERNAL_INVOICE_NOT_DELIVERED');
  });

  test('silence raises an alarm and no failure; the answer that comes late ends it', async () => {
    const id = await send(estate(), { reasons: ['SDI:TARDI 9d'] });
    await untilDetail(estate(), id, 'IN_SDI_MAILBOX');
    await turnHubClock(estate().dataDir, 6 * dayMs);
    const waiting = await untilDetail(estate(), id, 'NEWS_OVERDUE');
    assert.equal(waiting.invoiceStatus, 'INTERNAL_INVOICE_SENT');
    await turnHubClock(estate().dataDir, 4 * dayMs);
    const { alarms = [] } = await untilDetail(estate(), id, 'DELIVERED_TO_RECIPIENT');
    assert.ok(alarms.every(({ clearedAt }) => clearedAt));
  });

  test("suppliers' invoices come to the right customer, each once, and one for nobody waits in quarantine", async () => {
    const { client, sandbox } = estate();
    const desk = new SdiDesk(sandbox);
    const vats = ['IT12345678903', 'IT00743110157'] as const;
    for (const [at, vat] of vats.entries()) {
      const profile = {
        name: `Cliente ${at}`,
        vatNumber: vat,
        address: { street: 'Via Prova 1', postcode: '00100', city: 'Roma', province: 'RM', country: 'IT' },
        taxRegime: 'RF01',
      };
      const answer = await client.ask('dbmanager', {
        method: 'PUT',
        path: `/api/customers/${at + 3}/profile`,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(profile),
      });
      assert.equal(answer.status, 200, answer.text);
    }
    const supplier = 'IT07643520567';
    for (const customer of [...vats, 'IT02313821007']) await desk.bring(pecAddress, invoiceXml({ supplier, customer }));
    for (const customerId of [3, 4]) {
      const look = () => client.invoices({ status: 'EXTERNAL_INVOICE', customerId: String(customerId) });
      const came = await until(`an invoice for ${customerId}`, look, (page) => page.totalElements > 0, patience);
      const mine = came.content.filter(({ customer }) => customer.customerId === customerId);
      assert.equal(mine.length, 1);
      assert.equal((await client.invoice(mine[0]?.invoiceNumber ?? 0)).detail, 'RECEIVED');
    }
    const look = () => client.ask('mailbox', { path: '/api/mails?state=quarantined' });
    const { text } = await until('the quarantine', look, (answer) => /UNKNOWN_RECIPIENT/.test(answer.text), patience);
    assert.match(text, /IT02313821007/);
  });

  test('the same notice twice and out of order tells each thing once', async () => {
    const id = await send(estate(), { format: 'FPA12', reasons: ['SDI:ACCETTA SDI:DOPPIA SDI:DISORDINE'] });
    await untilDetail(estate(), id, 'ACCEPTED');
    const told = await untilTold(estate(), id, [
      'INTERNAL_INVOICE_TOBE_SENT',
      'INTERNAL_INVOICE_SENT',
      'INTERNAL_INVOICE_DELIVERED',
    ]);
    assert.equal(new Set(told.map(({ sequence }) => sequence)).size, told.length);
  });
});
