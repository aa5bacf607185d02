// configserver: over HTTP it answers as Spring's server does and opens nothing outside its folder; our client reads it.
import { systemClock } from '@staffetta/platform/clock.ts';
import { fetchServedSettings } from '@staffetta/platform/config/config-client.ts';
import type { World } from '@staffetta/platform/service.ts';
import { createLog } from '@staffetta/platform/telemetry/log.ts';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import * as http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, test, type TestContext } from 'node:test';
import { configserver } from './configserver.ts';

async function serve(t: TestContext, files: Record<string, string> | undefined) {
  const dataDir = await mkdtemp(join(tmpdir(), 'staffetta-config-'));
  const folder = join(dataDir, 'config');
  await writeFile(join(dataDir, 'secret.yml'), 'secret: outside');
  if (files) await mkdir(folder);
  for (const [name, text] of Object.entries(files ?? {})) await writeFile(join(folder, name), text);
  const world = {
    profile: 'dev',
    clock: systemClock,
    log: createLog('silent'),
    host: '127.0.0.1',
    port: 0,
    callerSecret: '',
    dataDir,
    addressOf: () => '',
    version: '0.0.0',
  } as unknown as World;
  const running = await configserver.start(world, { backend: undefined, fileBytesMax: 10_000 });
  t.after(async () => {
    await running.stop();
    await rm(dataDir, { recursive: true });
  });
  const url = `http://127.0.0.1:${running.port}`;
  const get = async (path: string) => {
    // A client of node:http sends paths as they are; others take the dots out.
    const [answer] = (await once(http.get({ host: '127.0.0.1', port: running.port, path }), 'response')) as [
      http.IncomingMessage,
    ];
    return { status: answer.statusCode, type: String(answer.headers['content-type']), text: await text(answer) };
  };
  return { url, folder, get };
}

interface Answer {
  readonly name: string;
  readonly profiles: string[];
  readonly label: string | null;
  readonly propertySources: { name: string; source: Record<string, unknown> }[];
}

const files = {
  'application.yml': 'a: 1\nb: all\nlist: [x, y, z]\n---\nspring.config.activate.on-profile: prod\nb: all in prod\n',
  'application-prod.properties': 'b=application-prod\nc=application-prod\n',
  'receiver.yml': 'c: receiver\nd: { e: receiver }\nlist:\n  - own\n',
  'receiver-prod.json': '{"d":{"e":"receiver-prod"},"f":true}',
  'receiver-other.yml': 'a: never',
  'sender.yml': 'a: not ours',
};

describe('the sources of a service', () => {
  test('come the most specific first, in Spring’s shape', async (t) => {
    const { get } = await serve(t, files);
    const { status, text } = await get('/receiver/prod/main');
    assert.equal(status, 200);
    const { propertySources, ...rest } = JSON.parse(text) as Answer;
    assert.deepEqual(rest, { name: 'receiver', profiles: ['prod'], label: 'main', version: null, state: null });
    assert.deepEqual(propertySources, [
      { name: 'file:receiver-prod.json', source: { 'd.e': 'receiver-prod', f: true } },
      { name: 'file:receiver.yml', source: { c: 'receiver', 'd.e': 'receiver', 'list[0]': 'own' } },
      { name: 'file:application-prod.properties', source: { b: 'application-prod', c: 'application-prod' } },
      { name: 'file:application.yml (document #1)', source: { b: 'all in prod' } },
      {
        name: 'file:application.yml (document #0)',
        source: { a: 1, b: 'all', 'list[0]': 'x', 'list[1]': 'y', 'list[2]': 'z' },
      },
    ]);
  });

  test('a later profile wins; several are one item', async (t) => {
    const { get } = await serve(t, { 'x-one.yml': 'k: 1', 'x-two.yml': 'k: 2' });
    const { profiles, propertySources } = JSON.parse((await get('/x/one,two')).text) as Answer;
    assert.deepEqual(profiles, ['one,two']);
    assert.deepEqual(
      propertySources.map(({ source }) => source['k']),
      [2, 1],
    );
  });

  test('are none for an unknown service and without a folder, which is no error', async (t) => {
    const { get } = await serve(t, undefined);
    const { status, text } = await get('/receiver/default');
    assert.equal(status, 200);
    assert.deepEqual((JSON.parse(text) as Answer).propertySources, []);
    assert.equal((await get('/actuator/health/readiness')).status, 200);
  });

  test('a changed file counts at once', async (t) => {
    const { get, folder } = await serve(t, { 'x.yml': 'k: 1' });
    await get('/x/default');
    await writeFile(join(folder, 'x.yml'), 'k: 2');
    assert.match((await get('/x/default')).text, /"k":2/);
  });

  test('a bad file is named, with its line', async (t) => {
    const { get } = await serve(t, { 'x.yml': 'a: 1\nb: [1, 2\n', 'y.json': '{"a":', 'z.yml': 'just words' });
    for (const [path, words] of [
      ['/x/default', /x\.yml.*line [23]/s],
      ['/y/default', /y\.json.*JSON/s],
      ['/z/default', /z\.yml.*must be a map/s],
    ] as const) {
      const { status, text } = await get(path);
      assert.equal(status, 500, path);
      assert.match(text, words);
    }
  });

  test('numbers are served as they stand, and a profile can be excluded', async (t) => {
    const yml =
      'vat: 01234567890\nversion: 1.10\nsize: 5\non: yes\n---\nspring.config.activate.on-profile: ["!prod"]\nsize: 6\n';
    const { get } = await serve(t, { 'x.yml': yml });
    const source = async (profile: string) => {
      const { propertySources } = JSON.parse((await get(`/x/${profile}`)).text) as Answer;
      return propertySources.map((one) => one.source);
    };
    const first = { vat: '01234567890', version: '1.10', size: 5, on: 'yes' };
    assert.deepEqual(await source('prod'), [first]);
    assert.deepEqual(await source('test'), [{ size: 6 }, first]);
  });

  test('a condition that is not understood, a huge file and one that is no text are errors, not silence', async (t) => {
    const condition = 'spring.config.activate.on-profile: "a & b"';
    const { get, folder } = await serve(t, { 'x.yml': condition, 'y.yml': `k: ${'v'.repeat(20_000)}` });
    await writeFile(join(folder, 'z.properties'), Buffer.from([0x6b, 0x3d, 0xe8]));
    assert.match((await get('/x/default')).text, /x\.yml.*a & b.*on-profile/);
    assert.match((await get('/y/default')).text, /y\.yml.*CONFIG_FILE_MAX/);
    assert.match((await get('/z/default')).text, /z\.properties.*UTF-8/);
  });

  test('the paths of the server itself stay its own', async (t) => {
    const { get } = await serve(t, files);
    assert.match((await get('/actuator/health')).text, /"status":"UP"/);
    assert.equal((await get('/actuator/env')).status, 404);
    assert.equal((await get('/swagger-ui/nothing')).status, 404);
    assert.match((await get('/v3/api-docs')).text, /openapi/);
  });

  test('no name leads out of the folder', async (t) => {
    const { get } = await serve(t, files);
    const tricks = [
      '/..%2fsecret/default',
      '/%2e%2e%2fsecret/default',
      '/../secret/default',
      '/receiver/..%2f..%2fsecret',
      '/..%2fsecret-default.yml',
      '/x/%2e%2e/default',
      '/%2fetc%2fpasswd/default',
      '/receiver/prod/..%2f..',
      '/a%00b/default',
    ];
    for (const path of tricks) {
      const { status, text } = await get(path);
      assert.ok(status === 400 || status === 404 || !text.includes('outside'), `${path}: ${status} ${text}`);
      assert.equal(text.includes('outside'), false, path);
    }
  });
});

describe('the merged view', () => {
  test('as YAML, JSON and properties', async (t) => {
    const { get } = await serve(t, files);
    const merged = { a: 1, b: 'application-prod', list: ['own'], c: 'receiver', d: { e: 'receiver-prod' }, f: true };
    const json = await get('/receiver-prod.json');
    assert.deepEqual(JSON.parse(json.text), merged);
    assert.match(json.type, /^application\/json/);
    const yml = await get('/main/receiver-prod.yml');
    assert.match(yml.type, /^text\/plain/);
    assert.match(yml.text, /^d:\n {2}e: receiver-prod$/m);
    assert.match((await get('/receiver-prod.properties')).text, /^list\[0\]: own$/m);
  });

  test('fills placeholders in from the settings, unless asked not to; a circle stays as it is', async (t) => {
    const yml = 'host: db\nurl: pg://${host}:${port:5432}/${name}\na: ${b}\nb: ${a}\n';
    const { get } = await serve(t, { 'x.yml': yml });
    const filled = JSON.parse((await get('/x-default.json')).text) as Record<string, string>;
    assert.equal(filled['url'], 'pg://db:5432/${name}');
    assert.match(filled['a'] ?? '', /^\$\{[ab]\}$/);
    assert.match((await get('/x-default.yml?resolvePlaceholders=false')).text, /pg:\/\/\$\{host\}/);
  });

  test('a file without a profile is unknown', async (t) => {
    const { get } = await serve(t, files);
    assert.equal((await get('/receiver.yml')).status, 404);
  });
});

describe('the client', () => {
  test('gets flat texts, the most specific of each', async (t) => {
    const { url } = await serve(t, files);
    const settings = await fetchServedSettings({ url, service: 'receiver', profile: 'prod', timeoutMs: 2000 });
    assert.deepEqual(settings, {
      a: '1',
      b: 'application-prod',
      'list[0]': 'own',
      list: 'own',
      c: 'receiver',
      'd.e': 'receiver-prod',
      f: 'true',
    });
  });

  test('gets nothing where there is nothing', async (t) => {
    const { url } = await serve(t, undefined);
    assert.deepEqual(await fetchServedSettings({ url, service: 'x', profile: 'default', timeoutMs: 2000 }), {});
  });

  test('says what is wrong with a server that is away or whose files are', async (t) => {
    const options = { service: 'x', profile: 'default', timeoutMs: 2000 };
    const away = fetchServedSettings({ ...options, url: 'http://user:hidden@127.0.0.1:1' });
    await assert.rejects(away, (error: Error) => {
      assert.match(error.message, /http:\/\/127\.0\.0\.1:1 gives no settings/);
      return !error.message.includes('hidden');
    });
    const { url } = await serve(t, { 'x.json': '{' });
    await assert.rejects(fetchServedSettings({ ...options, url }), { code: 'SERVICE_AWAY', message: /500.*x\.json/s });
  });
});
