// hub: `keys` and `admin-link` run as an administrator runs them, against a real gateway and its database.
import { gateway } from '@staffetta/gateway/gateway.ts';
import { settings } from '@staffetta/gateway/config.ts';
import { readSettings } from '@staffetta/platform/config/settings.ts';
import { testWorld, type TestWorld } from '@staffetta/platform/test-world.ts';
import type { Running } from '@staffetta/platform/service.ts';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { request } from 'undici';

const program = fileURLToPath(new URL('../staffetta.ts', import.meta.url));
let world: TestWorld;
let running: Running;
let url: string;

before(async () => {
  world = await testWorld();
  const { values } = readSettings(settings, { GATEWAY_WAIT_FOR_SERVICES: 'false' });
  running = await gateway.start(world, values);
  url = `http://127.0.0.1:${running.port}`;
});

after(async () => {
  await running.stop();
  await world.end();
});

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function run(words: readonly string[], environment: Record<string, string> = {}): Promise<Ran> {
  const env = { PATH: process.env['PATH'], STAFFETTA_GATEWAY: url, ...environment };
  return new Promise((done) => {
    execFile(process.execPath, [program, ...words], { env }, (error, out, err) =>
      done({ code: error ? Number(error.code) : 0, out, err }),
    );
  });
}

async function infoWith(key: string): Promise<number> {
  const answer = await request(`${url}/actuator/info`, { headers: { 'x-api-key': key } });
  await answer.body.dump();
  return answer.statusCode;
}

test('a key is made, shown, rotated and revoked from the command line', async () => {
  const words = ['--name', 'gestionale Rossi', '--role', 'customer', '--customer', '2', '--scopes', 'invoices:read'];
  const made = await run(['keys', 'create', ...words, '--days', '30', '--limit', '5/10', '--networks', '127.0.0.0/8']);
  assert.equal(made.code, 0, made.err);
  const [, id = '', key = ''] = /^(\w{12}) {2}valida[^]*\n(stf_test_\w+)\n$/.exec(made.out) ?? [];
  assert.ok(key, made.out);
  assert.match(made.out, /CUSTOMER \(cliente 2\) {2}gestionale Rossi/);
  assert.match(made.out, /può: invoices:read\n {4}da: 127\.0\.0\.0\/8\n {4}limite: 5 al secondo, a raffica 10/);
  assert.equal(await infoWith(key), 200);
  const rotated = await run(['keys', 'rotate', id, '--overlap', '0s', '--reason', 'prova']);
  const [next = ''] = /stf_test_\w+/.exec(rotated.out) ?? [];
  assert.match(rotated.out, new RegExp(`sostituisce ${id}, che vale fino al \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d\n`));
  assert.deepEqual([await infoWith(key), await infoWith(next)], [401, 200]);
  const shown = await run(['keys', 'show', key]);
  assert.match(shown.out, /scaduta/);
  assert.match(shown.out, /sostituita da aruba: prova/);
  assert.match(shown.out, new RegExp(`la sostituisce ${next.slice(9, 21)}`));
  assert.match((await run(['keys', 'revoke', next.slice(9, 21)])).err, /Dire il motivo/);
  assert.equal((await run(['keys', 'revoke', next.slice(9, 21), '--reason', 'persa'])).code, 0);
  assert.equal(await infoWith(next), 401);
  assert.match((await run(['keys', 'delete', id])).out, /deleted/);
});

test('the list shows what counts, and all where it is asked', async () => {
  const { out } = await run(['keys', 'create', '--name', 'one', '--role', 'SDI', '--json']);
  const { keyId } = JSON.parse(out) as { keyId: string };
  assert.match((await run(['keys'])).out, new RegExp(`${keyId}  valida {4}SDI  one\n    mai usata`));
  await run(['keys', 'revoke', keyId, '--reason', 'x']);
  assert.equal((await run(['keys', 'list'])).out.includes(keyId), false);
  assert.match((await run(['keys', 'list', '--all', '--lang', 'en'])).out, new RegExp(`${keyId}  revoked   SDI  one`));
  assert.equal((await run(['keys', '--customer', '99'])).out, 'Nessuna chiave.\n');
});

test('words that make no sense are told in the command’s language, and what the hub refuses in its own', async () => {
  for (const [words, says] of [
    [['keys', 'create'], /Dare un nome/],
    [['keys', 'create', '--name', 'x', '--role', 'ARUBA', '--days', 'x'], /numero di giorni/],
    [['keys', 'create', '--name', 'x', '--role', 'ARUBA', '--days', '1', '--until', '2099-01-01'], /non entrambi/],
    [['keys', 'create', '--name', 'x', '--role', 'ARUBA', '--limit', '5'], /5\/200|50\/200/],
    [['keys', 'create', '--name', 'x', '--role', 'KING'], /role/],
    [['keys', 'rotate', 'AAAAAAAAAAAA', '--overlap', 'soon'], /--overlap/],
    [['keys', 'rotate', 'AAAAAAAAAAAA'], /There is no key/],
    [['keys', 'show'], /Indicare una chiave/],
    [['keys', 'forge', 'x'], /keys conosce/],
    [['admin-link', 'now'], /non vuole altre parole/],
  ] as const) {
    const { code, err } = await run(words);
    assert.equal(code, 2, words.join(' '));
    assert.match(err, says);
  }
});

test('a link is made on the machine without the gateway, and makes an administrator', async () => {
  const database = { DATABASE_URL: world.store.url };
  const { out, err } = await run(['admin-link', '--lang', 'en'], database);
  const [, code] = new RegExp(`^Good for one use, until .*:\n${url}/welcome#([\\w-]{43})\n$`).exec(out) ?? [];
  assert.ok(code, out + err);
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const answer = await request(`${url}/welcome`, { method: 'POST', headers, body: `code=${code}` });
  const [key = ''] = /stf_test_\w+/.exec(await answer.body.text()) ?? [];
  assert.equal((await run(['keys', '--key', key])).code, 0);
  const byTls = await run(['admin-link'], { ...database, STAFFETTA_GATEWAY: '', GATEWAY_TLS_CERT: 'cert.pem' });
  assert.match(byTls.out, /\nhttps:\/\/127\.0\.0\.1:8072\/welcome#/);
  const nowhere = { STAFFETTA_DATA_DIR: '/nowhere/at/all' };
  assert.match((await run(['admin-link'], nowhere)).err, /Nessun database/);
  const dead = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing' };
  const refused = await run(['admin-link'], dead);
  assert.equal(refused.code, 2);
  assert.match(refused.err, /cannot be reached/);
});
