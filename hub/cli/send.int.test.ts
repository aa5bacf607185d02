// hub: `send` run as a person runs it, against a gateway that takes everything.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'staffetta-'));
let server: Server;
let posts: string[] = [];
/** How many posts are answered before the gateway breaks off. */
let answered = Infinity;

before(async () => {
  server = createServer((request, response) => {
    if (request.method === 'POST') posts.push(request.url ?? '');
    if (posts.length > answered) return request.socket.destroy();
    request.resume().on('end', () => response.writeHead(request.method === 'POST' ? 202 : 404).end('{}'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cpSync(join(root, 'examples'), join(folder, 'examples'), { recursive: true });
});
beforeEach(() => {
  posts = [];
  answered = Infinity;
});
after(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

interface Row {
  readonly file: string;
  readonly status: string;
  readonly why?: string;
}

function send(...words: string[]): Promise<{ code: number; rows: Row[]; err: string }> {
  const gateway = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const args = [...words, '--customer', '2', '--callback', 'none', '--wait', '0', '--json', '--gateway', gateway];
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(root, 'hub/staffetta.ts'), 'send', ...args],
      { cwd: folder, env: { PATH: process.env['PATH'] } },
      (error, out, err) => {
        resolve({ code: error ? Number(error.code) : 0, rows: out === '' ? [] : (JSON.parse(out) as Row[]), err });
      },
    );
  });
}

test('a file that cannot be sent is told in the report, and the others are sent', async () => {
  writeFileSync(join(folder, 'examples/z.json'), '{ "customer": ');
  symlinkSync('nowhere.xml', join(folder, 'examples/lost.xml'));
  const { code, rows } = await send('examples');
  const byName = new Map(rows.map(({ file, ...row }) => [file.split('/').at(-1), row]));
  assert.equal(code, 1);
  assert.equal(byName.get('z.json')?.status, 'REFUSED');
  assert.match(byName.get('z.json')?.why ?? '', /is no JSON/);
  assert.equal(byName.get('lost.xml')?.status, 'REFUSED');
  assert.match(byName.get('lost.xml')?.why ?? '', /does not exist/);
  assert.equal(posts.length, 7);
  assert.equal(rows.filter(({ status }) => status === 'ACCEPTED').length, 7);
});

test('of a folder only JSON that is a document is sent; a file that is named is always tried', async () => {
  writeFileSync(join(folder, 'package.json'), '{ "name": "x" }');
  writeFileSync(join(folder, 'list.json'), '[1]');
  writeFileSync(join(folder, 'short.json'), '{ "customer": {}, "line": [] }');
  const { rows } = await send('.');
  const names = rows.map(({ file }) => file);
  assert.ok(names.includes('short.json') && names.includes('examples/fattura-breve.json'), names.join(' '));
  assert.ok(!names.includes('package.json') && !names.includes('list.json'), names.join(' '));
  assert.deepEqual(
    (await send('package.json')).rows.map(({ status }) => status),
    ['ACCEPTED'],
  );
});

test('a gateway that goes away in the middle leaves a report of what was posted', async () => {
  answered = 2;
  const { code, rows } = await send('examples');
  assert.equal(code, 1);
  assert.equal(rows.filter(({ status }) => status === 'ACCEPTED').length, 2);
  assert.match(rows.find(({ status }) => status === 'NOT_POSTED')?.why ?? '', /broke off/);
});

test('where nothing was posted a sentence says why', async () => {
  answered = 0;
  const { code, rows, err } = await send('examples/fattura-a-impresa.xml');
  assert.deepEqual([code, rows], [2, []]);
  assert.match(err, /ha interrotto il collegamento .*Riprovare/);
});
