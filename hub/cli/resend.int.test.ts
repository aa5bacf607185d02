// hub: `resend` run as a person runs it, against a gateway that answers as the hub does.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'staffetta-'));

interface Asked {
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

let server: Server;
let asked: Asked[] = [];
let answers: { status: number; body: unknown }[] = [];

before(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      asked.push({ url: request.url ?? '', headers: request.headers, body });
      const answer = answers.shift() ?? { status: 200, body: {} };
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
after(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

function resend(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  asked = [];
  const gateway = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const args = [join(root, 'hub/staffetta.ts'), 'resend', ...words, '--gateway', gateway];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: folder, env: { PATH: process.env['PATH'] } }, (error, out, err) => {
      resolve({ code: error ? Number(error.code) : 0, out, err });
    });
  });
}

test('the same file goes again with its reason, and a gateway that is busy is asked again under the same key', async () => {
  const sent = { status: 200, body: { invoiceStatus: 'INTERNAL_INVOICE_TOBE_SENT' } };
  answers = [{ status: 503, body: {} }, sent];
  const { code, out } = await resend('41', '--reason', 'casella piena');
  assert.deepEqual(
    [code, out],
    [0, '41: parte di nuovo per SdI.\n  Che cosa ne è stato: npm run staffetta -- status 41\n'],
  );
  assert.deepEqual(
    asked.map(({ url, body }) => [url, JSON.parse(body) as unknown]),
    Array.from({ length: 2 }, () => ['/dbmanager/api/invoices/41/reinvia', { reason: 'casella piena' }]),
  );
  assert.equal(new Set(asked.map(({ headers }) => headers['idempotency-key'])).size, 1);
});

test('a corrected file goes as its exact bytes, JSON as a document', async () => {
  writeFileSync(join(folder, 'corretta.xml'), '<x/>');
  writeFileSync(join(folder, 'corretta.json'), '{ "lines": [] }');
  await resend('7', 'corretta.xml', '--reason', 'IVA');
  const [raw] = asked;
  assert.equal(raw?.url, '/dbmanager/api/invoices/7/reinvia?fileName=corretta.xml&reason=IVA');
  assert.deepEqual([raw?.headers['content-type'], raw?.body], ['application/xml', '<x/>']);
  await resend('7', 'corretta.json');
  assert.deepEqual(JSON.parse(asked[0]?.body ?? ''), { document: { lines: [] } });
});

test('a refusal is told in the language asked for, with what to do', async () => {
  const message = { it: 'La fattura è emessa.', en: 'The invoice is issued.' };
  const fix = { it: 'Nota di variazione.', en: 'A credit note.' };
  const body = { findings: [{ code: 'RESEND_REFUSED', severity: 'error', message, fix }] };
  answers = [{ status: 409, body }];
  const { code, out } = await resend('7', '--lang', 'en');
  assert.equal(code, 1);
  assert.deepEqual(out.split('\n'), [
    '7: not sent again',
    '  RESEND_REFUSED: The invoice is issued.',
    '    A credit note.',
    '',
  ]);
});

test('without a number nobody is asked', async () => {
  const { code, err } = await resend('corretta.xml');
  assert.deepEqual([code, asked.length], [2, 0]);
  assert.match(err, /by its number/);
});
