// journeys: the official sample invoices and our examples, sent from the command line, all arrive at SdI, files byte for byte.
import { servers, sharedFolder } from '@staffetta/tools/servers/available.ts';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { staffetta } from './harness/command-line.ts';
import { goodOutcomes, passTime, untilTold } from './harness/outcomes.ts';
import { defaultSetUp, realSetUp, tellOn } from './harness/set-ups.ts';

const folder = join(sharedFolder(), 'sdi/samples/invoices/ade');
const examples = new URL('../examples/', import.meta.url).pathname;

interface SentFile {
  readonly file: string;
  readonly correlationId: string;
  readonly status: string;
  readonly invoiceNumber?: number;
}

tellOn([defaultSetUp, realSetUp], { mail: 'any' }, (estate) => {
  const { missing } = servers.shared;
  for (const [what, from, options] of [
    ['the official samples', folder, { skip: missing }],
    ['our own examples', examples, {}],
  ] as const) {
    test(
      `${what} are all SENT by one command, byte for byte, and each outcome is called back once`,
      options,
      async () => {
        const { exitCode, output, errors } = await staffetta(
          estate(),
          'send',
          from,
          '--customer',
          '2',
          '--until',
          'sent',
          '--json',
        );
        assert.equal(exitCode, 0, output + errors);
        const sent = JSON.parse(output) as SentFile[];
        const files = readdirSync(from).filter((name) => /\.(xml|p7m|zip|json)$/i.test(name));
        assert.equal(sent.length, files.length);
        await passTime(estate());
        for (const { file, correlationId, status } of sent) {
          assert.equal(status, 'INTERNAL_INVOICE_SENT', file);
          const [mail, ...more] = await estate().mailbox.find(correlationId);
          assert.equal(more.length, 0, file);
          if (file.endsWith('.json')) assert.match(mail?.content.toString() ?? '', /<Numero>\d+\/\d{4}<\/Numero>/);
          else assert.equal(sha256(unsigned(mail?.content, readFileSync(file))), sha256(readFileSync(file)), file);
          await untilTold(estate(), correlationId, goodOutcomes);
          assert.equal((await estate().sandbox.callbacks({ correlationId })).length, goodOutcomes.length, file);
        }
      },
    );
  }

  test('the command line tells what became of each, and exits 1 when one is refused', async () => {
    const one = join(examples, 'fattura-a-impresa.xml');
    const good = await staffetta(estate(), 'send', one, '--customer', '2', '--until', 'sent');
    assert.equal(good.exitCode, 0, good.output + good.errors);
    assert.match(good.output, /1 file, di cui:\n +1 {2}inviati a SdI/);
    const number = /Fattura (\d+):/.exec(good.output)?.[1] ?? '';
    const status = await staffetta(estate(), 'status', number);
    assert.equal(status.exitCode, 0, status.errors);
    assert.match(
      status.output,
      /\[INTERNAL_INVOICE_[A-Z_, ]+\]\n[\s\S]*Presa in carico[\s\S]*Inviata al Sistema di Interscambio/,
    );
    const bad = await staffetta(estate(), 'send', one, '--customer', '999999', '--until', 'sent');
    assert.equal(bad.exitCode, 1, bad.output + bad.errors);
    assert.match(bad.output, /Non inviata: non ha superato i controlli/);
    assert.equal((await staffetta(estate(), 'dlt', 'list')).output, 'There are none.\n');
  });
});

/** An invoice to a public body goes out signed: its envelope holds the file in one piece. */
function unsigned(sent: Buffer | undefined, original: Buffer): Buffer | undefined {
  return original.includes('versione="FPA12"') && sent?.includes(original) ? original : sent;
}

function sha256(bytes: Buffer | undefined): string {
  return createHash('sha256')
    .update(bytes ?? '')
    .digest('hex');
}
