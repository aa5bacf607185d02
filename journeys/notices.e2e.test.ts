// journeys: SdI's own notices move the invoices of the file that they are about, whatever comes twice, late or for nobody.
import type { Finding } from '@staffetta/flow/messages.ts';
import type { InvoiceStatus } from '@staffetta/flow/statuses.ts';
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { staffetta } from './harness/command-line.ts';
import type { Invoice } from './harness/client.ts';
import type { Estate } from './harness/estate.ts';
import { invoiceXml } from './harness/invoices.ts';
import { SdiFile, type NoticeFile } from './harness/notices.ts';
import { expectAccepted, expectError, goodOutcomes, untilStatus } from './harness/outcomes.ts';
import { defaultSetUp, realSetUp, tellOn } from './harness/set-ups.ts';
import { until } from './harness/wait.ts';

/** An invoice that SdI has got. */
interface Given {
  readonly correlationId: string;
  readonly invoiceNumber: number;
  readonly file: SdiFile;
}

async function give(estate: Estate, format: 'FPR12' | 'FPA12' = 'FPR12'): Promise<Given> {
  const callback = estate.sandbox.callbackUrl('notices');
  const correlationId = await estate.client.accept({ document: invoiceXml({ format }), callback });
  const { invoiceNumber } = await untilStatus(estate, correlationId, 'INTERNAL_INVOICE_SENT');
  const [transmission] = (await estate.client.invoice(invoiceNumber)).transmissions ?? [];
  assert.ok(transmission);
  const { fileName, sha256 } = transmission;
  return { correlationId, invoiceNumber, file: new SdiFile(fileName, sha256, String(randomInt(1e8, 1e9))) };
}

async function bring({ client }: Estate, ...files: NoticeFile[]): Promise<void> {
  for (const { bytes, name } of files) expectAccepted(await client.bringNotice(bytes, name));
}

function untilShown({ client }: Estate, { invoiceNumber }: Given, what: string, isSo: (invoice: Invoice) => boolean) {
  return until(what, () => client.invoice(invoiceNumber), isSo);
}

const untilDetail = (estate: Estate, given: Given, detail: string) =>
  untilShown(estate, given, `the detail ${detail}`, (invoice) => invoice.detail === detail);

const untilNotices = (estate: Estate, given: Given, count: number) =>
  untilShown(estate, given, `${count} notices`, ({ notices = [] }) => notices.length === count);

async function untilTold({ sandbox }: Estate, { invoiceNumber }: Given, ...after: InvoiceStatus[]) {
  const wanted = [...goodOutcomes, ...after];
  const look = () => sandbox.callbacks({ invoiceNumber, answered: 200 });
  const told = await until('the callbacks', look, (all) => all.length >= wanted.length);
  assert.deepEqual(
    told.map(({ invoiceStatus }) => invoiceStatus),
    wanted,
  );
  return told;
}

tellOn([defaultSetUp, realSetUp], { mail: 'any' }, (estate) => {
  test('RC: the invoice is delivered, its customer is told once, and the notice is shown in words', async () => {
    const given = await give(estate());
    await bring(estate(), given.file.delivered());
    const invoice = await untilDetail(estate(), given, 'DELIVERED_TO_RECIPIENT');
    assert.equal(invoice.invoiceStatus, 'INTERNAL_INVOICE_DELIVERED');
    assert.equal(invoice.transmissions?.[0]?.sdiId, given.file.sdiId);
    assert.match(invoice.notices?.[0]?.words.it.join(' ') ?? '', /Consegnat/);
    await untilTold(estate(), given, 'INTERNAL_INVOICE_DELIVERED');
  });

  test('NS with three errors: the invoice is discarded, and each error is explained in the callback and by GET', async () => {
    const given = await give(estate());
    const codes = ['00311', '00417', '00423'];
    await bring(estate(), given.file.discarded(...codes));
    const { findings = [] } = await untilDetail(estate(), given, 'DISCARDED_BY_SDI');
    const told = await untilTold(estate(), given, 'INTERNAL_INVOICE_DISCARDED');
    for (const list of [findings, (told.at(-1)?.body?.['findings'] ?? []) as Finding[]]) {
      const errors = list.filter(({ severity }) => severity === 'error');
      assert.deepEqual(
        errors.map(({ code }) => code),
        codes,
      );
      for (const { code, message, fix } of errors) {
        assert.ok(message.it.includes(`testo di ${code}`) && message.it.length > 60, message.it);
        assert.ok((fix?.it.length ?? 0) > 10 && (fix?.en.length ?? 0) > 10, code);
      }
    }
  });

  test('MC then RC: not delivered, then delivered', async () => {
    const given = await give(estate());
    await bring(estate(), given.file.undelivered());
    await untilDetail(estate(), given, 'AVAILABLE_TO_CUSTOMER');
    await bring(estate(), given.file.delivered());
    await untilDetail(estate(), given, 'DELIVERED_TO_RECIPIENT');
    await untilTold(estate(), given, 'INTERNAL_INVOICE_NOT_DELIVERED', 'INTERNAL_INVOICE_DELIVERED');
  });

  test('a public body refuses with a reason, another one lets the deadline pass', async () => {
    const [refused, silent] = [await give(estate(), 'FPA12'), await give(estate(), 'FPA12')];
    await bring(estate(), refused.file.deliveredToOffice(), refused.file.answered('EC02', 'CIG mancante'));
    await bring(estate(), silent.file.deliveredToOffice(), silent.file.deadlinePassed());
    const { invoiceStatus, notices = [] } = await untilDetail(estate(), refused, 'REFUSED');
    assert.equal(invoiceStatus, 'INTERNAL_INVOICE_DELIVERED');
    assert.match(notices[1]?.words.it.join(' ') ?? '', /CIG mancante/);
    await untilDetail(estate(), silent, 'DEADLINE_PASSED');
    // The status did not change, and the profile does not ask for details: the delivery alone is told.
    await untilTold(estate(), refused, 'INTERNAL_INVOICE_DELIVERED');
  });

  test('the same notices twice and out of order change nothing more', async () => {
    const given = await give(estate(), 'FPA12');
    const [receipt, answer] = [given.file.deliveredToOffice(), given.file.answered('EC01', '')];
    await bring(estate(), answer, receipt, answer, receipt);
    await untilNotices(estate(), given, 2);
    // What comes after them in the same order has its effect once they had theirs.
    await bring(estate(), given.file.deadlinePassed());
    const { detail, invoiceStatus, history = [] } = await untilNotices(estate(), given, 3);
    assert.deepEqual([detail, invoiceStatus], ['ACCEPTED', 'INTERNAL_INVOICE_DELIVERED']);
    assert.equal(history.length, 3);
    await untilTold(estate(), given, 'INTERNAL_INVOICE_DELIVERED');
  });

  test('a copy that SdI refuses as sent before does not undo the first, and a notice for nobody is listed', async () => {
    const given = await give(estate());
    const copy = new SdiFile(given.file.fileName, '', String(randomInt(1e8, 1e9)));
    const stranger = new SdiFile('IT01234567890_zzzzz.xml', 'ab'.repeat(32), String(randomInt(1e8, 1e9)));
    await bring(estate(), given.file.delivered(), copy.discarded('00002'), stranger.delivered());
    const { invoiceStatus, transmissions = [] } = await untilNotices(estate(), given, 2);
    assert.equal(invoiceStatus, 'INTERNAL_INVOICE_DELIVERED');
    assert.equal(transmissions[0]?.sdiId, given.file.sdiId);
    const { client } = estate();
    const listed = await until(
      'the list of unmatched notices',
      () => client.unmatchedNotices(),
      (all) => all.length > 0,
    );
    assert.deepEqual(
      listed.map(({ sdiId, doubt }) => [sdiId, doubt]),
      [[stranger.sdiId, 'NO_SUCH_FILE']],
    );
    assert.deepEqual(await client.deadLetters({ state: 'open' }), []);
  });

  test('the command line hands in notices and tells them, and status tells them again', async () => {
    const given = await give(estate());
    const folder = mkdtempSync(join(tmpdir(), 'staffetta-'));
    const { name, bytes } = given.file.undelivered();
    writeFileSync(join(folder, name), bytes);
    const handedIn = await staffetta(estate(), 'notice', folder);
    assert.equal(handedIn.exitCode, 0, handedIn.errors);
    assert.match(handedIn.output, /presa in carico\n {4}Non recapitato/);
    writeFileSync(join(folder, 'fattura.xml'), invoiceXml());
    const again = await staffetta(estate(), 'notice', folder, '--lang', 'en');
    assert.equal(again.exitCode, 1);
    assert.match(again.output, /fattura\.xml: not accepted: The root FatturaElettronica/);
    await untilDetail(estate(), given, 'AVAILABLE_TO_CUSTOMER');
    const { output } = await staffetta(estate(), 'status', String(given.invoiceNumber));
    assert.match(output, /Che cosa ha detto SdI:\n.*MC {2}Non recapitato/);
    rmSync(folder, { recursive: true });
  });

  test('what is no notice is refused with its reason', async () => {
    const answer = await estate().client.bringNotice(Buffer.from(invoiceXml()), 'fattura.xml');
    expectError(answer, 400, 'BAD_REQUEST');
    const { findings = [] } = answer.json as { findings?: Finding[] };
    assert.equal(findings[0]?.code, 'NOTICE_UNKNOWN');
  });
});
