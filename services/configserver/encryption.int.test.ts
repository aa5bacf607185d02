// configserver: encrypting and decrypting over HTTP, as Spring's tools do it, and secrets on their way to a service.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, test } from 'node:test';
import { folderFor, serve, startOn, writeFiles } from './configserver-test-kit.ts';

/** Made by a Spring Cloud Config server 4.3 with this key. */
const cipherText = '48ccab0c31a7047e970840afc5aa27eed037498074ce57dbb1b82b58d492183c';
const environment = { ENCRYPT_KEY: 'secretkey' };
const plain = { 'content-type': 'text/plain' };
const form = { 'content-type': 'application/x-www-form-urlencoded' };

describe('served secrets', () => {
  const files = {
    'x.yml': `k: "{cipher}${cipherText}"\nwith: "{cipher}{key:a}${cipherText}"\nbad: "{cipher}deadbeef"\nl: ["{cipher}00", b]\nz: 1\n`,
  };

  test('come decrypted, after the others; what cannot be is shown as invalid', async (t) => {
    const { settingsOf, get } = await serve(t, files, environment);
    const { propertySources } = await settingsOf('/x/default');
    assert.deepEqual(Object.entries(propertySources[0]?.source ?? {}), [
      ['l[1]', 'b'],
      ['z', 1],
      ['k', 'topsecret'],
      ['with', 'topsecret'],
      ['invalid.bad', '<n/a>'],
      ['invalid.l[0]', '<n/a>'],
    ]);
    assert.match((await get('/x-default.properties')).text, /^k: topsecret$/m);
  });

  test('are given on as they are without a key, and where clients decrypt', async (t) => {
    for (const settings of [{}, { ...environment, CONFIG_DECRYPT: 'false' }]) {
      const { settingsOf } = await serve(t, files, settings);
      const { propertySources } = await settingsOf('/x/default');
      assert.equal(propertySources[0]?.source['k'], `{cipher}${cipherText}`);
    }
  });
});

describe('the paths', () => {
  test('encrypt and decrypt what is sent, as text or as a form', async (t) => {
    const { ask } = await serve(t, {}, environment);
    const post = async (path: string, headers: Record<string, string>, body: string) =>
      ask(path, { method: 'POST', headers, body });
    for (const [headers, body, expected] of [
      [plain, 'perché €', 'perché €'],
      [plain, 'ends=', 'ends='],
      [form, 'curl+says%21=', 'curl says!'],
      [form, 'a b=c', 'a b=c'],
      [plain, '{plain}x', 'x'],
    ] as const) {
      const { status, type, text } = await post('/encrypt', headers, body);
      assert.deepEqual([status, type], [200, 'text/plain; charset=utf-8']);
      for (const sent of [text, `{cipher}${text}`]) assert.equal((await post('/decrypt', plain, sent)).text, expected);
      assert.equal((await post('/decrypt/x/prod', form, `${text}=`)).text, expected);
    }
    assert.match((await post('/encrypt/x/prod', plain, '{key:a}y')).text, /^\{key:a\}[0-9a-f]{64}$/);
    assert.equal((await post('/encrypt', plain, '')).status, 400);
    for (const wrong of ['zz', `00${cipherText}`, cipherText.slice(2)]) {
      const { status, text } = await post('/decrypt', plain, wrong);
      assert.equal(status, 400);
      assert.deepEqual(JSON.parse(text), { status: 'INVALID', description: 'Text not encrypted with this key' });
    }
    assert.equal((await ask('/encrypt/status')).text, '{"status":"OK"}');
    const key = await ask('/key');
    assert.equal(key.status, 404);
    assert.deepEqual(JSON.parse(key.text), { status: 'NOT_FOUND', description: 'No public key available' });
  });

  test('say that there is no key', async (t) => {
    const { ask } = await serve(t, {});
    for (const [path, method] of [
      ['/encrypt', 'POST'],
      ['/decrypt', 'POST'],
      ['/encrypt/status', 'GET'],
    ] as const) {
      const { status, text } = await ask(path, { method, headers: plain, ...(method === 'POST' && { body: 'x' }) });
      assert.equal(status, 404, path);
      assert.equal((JSON.parse(text) as { status: string }).status, 'NO_KEY');
    }
  });

  test('show the public half of a key pair, and use it', async (t) => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const { ask } = await serve(t, {}, { ENCRYPT_KEY: key });
    assert.match((await ask('/key/x/prod')).text, /^ssh-rsa \S+ application$/);
    const { text } = await ask('/encrypt', { method: 'POST', headers: plain, body: 'perché' });
    for (const [headers, body] of [
      [plain, text],
      [form, text],
      [form, encodeURIComponent(text)],
    ] as const) {
      assert.equal((await ask('/decrypt', { method: 'POST', headers, body })).text, 'perché');
    }
  });

  test('in production nobody decrypts without a login', async (t) => {
    const dataDir = await folderFor(t);
    await writeFiles(dataDir, { 'config/x.yml': 'k: 1' });
    const decrypt = { method: 'POST', headers: plain, body: cipherText };
    const open = await startOn(t, { dataDir, environment, profile: 'production' });
    assert.equal((await open.ask('/decrypt', decrypt)).status, 403);
    assert.equal((await open.ask('/encrypt', { ...decrypt, body: 'x' })).status, 200);
    const closed = await startOn(t, {
      dataDir,
      environment: { ...environment, CONFIG_LOGIN: 'me:x' },
      profile: 'production',
    });
    const authorization = `Basic ${Buffer.from('me:x').toString('base64')}`;
    assert.equal(
      (await closed.ask('/decrypt', { ...decrypt, headers: { ...plain, authorization } })).text,
      'topsecret',
    );
  });
});
