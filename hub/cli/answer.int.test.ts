// hub: `answer` run as a person runs it, against a gateway that notes what it is asked.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
let server: Server;
let asked: { url: string; body: unknown }[] = [];
let status = 202;

before(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (piece: Buffer) => (body += piece.toString()));
    request.on('end', () => {
      asked.push({ url: request.url ?? '', body: JSON.parse(body) });
      const answer = status === 202 ? { fileName: 'IT1_00001_EC_001.xml' } : { errorMessage: 'The 15 days are over.' };
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
beforeEach(() => {
  asked = [];
  status = 202;
});
after(() => server.close());

function answer(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  const gateway = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [`${root}hub/staffetta.ts`, 'answer', ...words, '--gateway', gateway],
      { env: { PATH: process.env['PATH'] } },
      (error, out, err) => resolve({ code: error ? Number(error.code) : 0, out, err }),
    );
  });
}

test('an acceptance is asked for and told in words', async () => {
  const { code, out } = await answer('41', 'accept');
  assert.deepEqual(asked, [{ url: '/dbmanager/api/invoices/41/esito', body: { esito: 'EC01' } }]);
  assert.equal(code, 0);
  assert.match(out, /fattura 41 è accettata.*IT1_00001_EC_001\.xml/);
});

test('a refusal goes with its reason, of one invoice of a lot where it is named', async () => {
  const { out } = await answer('41', 'refuse', '--reason', 'CIG mancante', '--document', '12/A@2026#3', '--lang', 'en');
  const documento = { numero: '12/A', anno: 2026, posizione: 3 };
  assert.deepEqual(asked[0]?.body, { esito: 'EC02', descrizione: 'CIG mancante', documento });
  assert.match(out, /Invoice 41 is refused/);
});

test('what is no answer is not asked, and a refusal without a reason neither', async () => {
  for (const words of [
    ['41'],
    ['41', 'maybe'],
    ['x', 'accept'],
    ['41', 'refuse'],
    ['41', 'accept', '--document', '12'],
  ]) {
    const { code, err } = await answer(...words);
    assert.deepEqual([code, asked.length], [2, 0], words.join(' '));
    assert.ok(err.length > 0 && !err.includes('    at '));
  }
});

test('the hub’s own sentence says why it takes no answer', async () => {
  status = 409;
  const { code, err } = await answer('41', 'accept');
  assert.deepEqual([code, err], [2, 'The 15 days are over.\n']);
});
