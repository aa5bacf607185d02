// journeys: the scheduler's two reports, whole files with the contract's columns.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { untilStatus } from './harness/outcomes.ts';
import { defaultSetUp, realSetUp, tellOn } from './harness/set-ups.ts';
import { until } from './harness/wait.ts';

const invoiceColumns =
  'Stato_Fattura,Numero_Fattura,Username_Customer,Email_Customer,Data_Creazione,Creato_Da,Data_Update,Aggiornato_Da';
const deadLetterColumns = 'Timestamp,Topic_DLT,Type,Partition,Offset,Key,Headers,Payload';

tellOn([defaultSetUp, realSetUp], { mail: 'any', settings: { CALLBACK_SCHEDULE: '0' } }, (estate) => {
  test("the report of invoices has a line for each, in the contract's columns", async () => {
    const { client } = estate();
    const correlationId = await client.accept({});
    const { invoiceNumber } = await untilStatus(estate(), correlationId, 'INTERNAL_INVOICE_SENT');
    await run('invoices');
    const [header, ...lines] = await newestReport(/invoice|fatture/i);
    assert.equal(header, invoiceColumns);
    assert.ok(
      lines.some((line) => line.startsWith(`INTERNAL_INVOICE_SENT,${invoiceNumber},test_user_1,`)),
      lines.join('\n'),
    );
  });

  test('the report of dead letters lists the open ones, and not those that were let go', async () => {
    const { client } = estate();
    const correlationId = await client.accept({ kind: 'external', callback: 'http://127.0.0.1:9/nobody' });
    const look = () => client.deadLetters({ correlationId, state: 'open' });
    const [letter] = await until('the dead letter', look, (all) => all.length === 1);
    await run('dead-letters');
    const [header, ...lines] = await newestReport(/dead/i);
    assert.equal(header, deadLetterColumns);
    assert.ok(
      lines.some((line) => line.includes('savedInvoice.DLT') && line.includes(correlationId)),
      lines.join('\n'),
    );

    const path = `/api/dead-letters/${letter?.deadLetterId}/discard`;
    const headers = { 'content-type': 'application/json' };
    const discard = { method: 'POST', path, headers } as const;
    assert.equal((await client.ask('scheduler', { ...discard, body: '{"reason":""}' })).status, 400);
    const done = await client.ask('scheduler', { ...discard, body: '{"reason":"nobody lives there"}' });
    assert.equal(done.status, 200, done.text);
    // Names carry the time in seconds: the next report is another file once the clock has moved on.
    await until(
      'a report without it',
      async () => (await run('dead-letters'), newestReport(/dead/i)),
      ([, ...rest]) => rest.every((line) => !line.includes(correlationId)),
    );
  });

  async function run(job: string): Promise<void> {
    const answer = await estate().client.ask('scheduler', { method: 'POST', path: `/api/jobs/${job}/run` });
    assert.equal(answer.status, 200, answer.text);
  }

  async function newestReport(name: RegExp): Promise<string[]> {
    const folder = join(estate().dataDir, 'reports');
    const all = (await readdir(folder)).filter((file) => name.test(file)).sort();
    assert.ok(
      all.every((file) => file.endsWith('.csv')),
      `half a file lies there: ${all.join(', ')}`,
    );
    return (await readFile(join(folder, all.at(-1) ?? ''), 'utf8')).split(/\r?\n/).filter((line) => line !== '');
  }
});
