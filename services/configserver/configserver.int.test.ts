// configserver: over HTTP it answers as Spring's server does and opens nothing outside its folder; our client reads it.
import { fetchServedSettings } from '@staffetta/platform/config/config-client.ts';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { serve, writeFiles, type Answer } from './configserver-test-kit.ts';

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
    const { get, folder } = await serve(t, files);
    const { status, text } = await get('/receiver/prod/main');
    assert.equal(status, 200);
    const { propertySources, ...rest } = JSON.parse(text) as Answer;
    assert.deepEqual(rest, { name: 'receiver', profiles: ['prod'], label: 'main', version: null, state: null });
    assert.deepEqual(propertySources, [
      { name: `file:${folder}/receiver-prod.json`, source: { 'd.e': 'receiver-prod', f: true } },
      {
        name: `file:${folder}/application-prod.properties`,
        source: { b: 'application-prod', c: 'application-prod' },
      },
      { name: `file:${folder}/receiver.yml`, source: { c: 'receiver', 'd.e': 'receiver', 'list[0]': 'own' } },
      {
        name: `file:${folder}/application.yml (document #1)`,
        source: { 'spring.config.activate.on-profile': 'prod', b: 'all in prod' },
      },
      {
        name: `file:${folder}/application.yml (document #0)`,
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
    const first = { vat: '01234567890', version: '1.10', size: 5, on: true };
    assert.deepEqual(await source('prod'), [first]);
    const condition = { 'spring.config.activate.on-profile[0]': '!prod' };
    assert.deepEqual(await source('test'), [{ ...condition, size: 6 }, first]);
  });

  test('a condition that is not understood, a huge file and one that is no text are errors, not silence', async (t) => {
    const condition = 'spring.config.activate.on-profile: "a &"';
    const { get, folder } = await serve(
      t,
      { 'x.yml': condition, 'y.yml': `k: ${'v'.repeat(20_000)}` },
      { CONFIG_FILE_MAX: '10000' },
    );
    await writeFile(join(folder, 'z.properties'), Buffer.from([0x6b, 0x3d, 0xe8]));
    assert.match((await get('/x/default')).text, /x\.yml.*a &.*on-profile/);
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

  test('no name and no link leads out of the folder', async (t) => {
    const { get, folder, dataDir } = await serve(t, files);
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
      '/x/default/main/..%2f..%2fsecret.yml',
      '/x/default/main/%2e%2e/secret.yml',
      '/x/default/../../secret.yml?useDefaultLabel',
      '/x/default/main/%2fetc%2fpasswd',
      '/x/default/main/.git/config',
      '/x/default/main/link.yml',
      '/x/default/main/linked/secret.yml',
      '/link/default',
      '/x/default/..(_)..(_)/secret.yml',
      '/x/default/main/a%5c..%5csecret.yml',
    ];
    await writeFiles(folder, { '.git/config': 'outside' });
    await symlink(join(dataDir, 'secret.yml'), join(folder, 'link.yml'));
    await symlink(dataDir, join(folder, 'linked'));
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
    const merged = {
      a: 1,
      b: 'application-prod',
      c: 'application-prod',
      d: { e: 'receiver-prod' },
      f: true,
      list: ['own'],
      spring: { config: { activate: { 'on-profile': 'prod' } } },
    };
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

describe('what Spring’s server answers', () => {
  // Names, order and places as a Spring Cloud Config server 4.3 gave them for the same files.
  const estate = {
    'application.yml': 'a: 1\nempty: {}\nnone:\nl: []\n"q.k": v\n"[br/key]": w\nmulti: |\n  one\n',
    'application-prod.yml': 'q: one',
    'application-cloud.yml': 'q: two',
    'receiver/receiver.yml': 'a: in its folder',
    'more/receiver.yml': 'a: more',
    'more/application.yml':
      'x: base\n---\nspring.config.activate.on-profile: prod & !test\nx: doc\n---\nspring.profiles: cloud,eu\ny: old\n',
    'more/application-prod.properties': '  x = file\n',
    'main/application.yml': 'a: labelled',
  };
  const environment = { CONFIG_SEARCH_PATHS: '{application},more', CONFIG_OVERRIDES: '{"ov":1,"fixed":{"y":"2"}}' };

  test('profiles first, then folders, then names; the label’s folder and the overrides above', async (t) => {
    const { settingsOf, folder } = await serve(t, estate, environment);
    const { label, propertySources } = await settingsOf('/receiver/prod,cloud/main');
    assert.equal(label, 'main');
    assert.deepEqual(
      propertySources.map(({ name }) => name.replace(`file:${folder}/`, '')),
      [
        'overrides',
        'application-cloud.yml',
        'more/application-prod.properties',
        'application-prod.yml',
        'main/application.yml',
        'more/receiver.yml',
        'more/application.yml (document #2)',
        'more/application.yml (document #1)',
        'more/application.yml (document #0)',
        'receiver/receiver.yml',
        'application.yml',
      ],
    );
    assert.deepEqual(propertySources[0]?.source, { 'fixed.y': '2', ov: '1' });
    const flat = { a: 1, none: '', l: '', 'q.k': 'v', '[br/key]': 'w', multi: 'one\n' };
    assert.deepEqual(propertySources.at(-1)?.source, flat);
  });

  test('the second form says where each value stands', async (t) => {
    const { settingsOf, get } = await serve(t, estate, environment);
    const accept = 'application/vnd.spring-cloud.config-server.v2+json';
    const { propertySources } = await settingsOf('/receiver/prod', { accept });
    const sources = propertySources.map(({ source }) => source);
    assert.deepEqual(sources[0]?.['ov'], { value: '1', origin: 'Config server overrides' });
    assert.deepEqual(sources[1], { x: { value: 'file', origin: '1:7' } });
    assert.deepEqual(sources[4], {
      'spring.config.activate.on-profile': { value: 'prod & !test', origin: '3:36' },
      x: { value: 'doc', origin: '4:4' },
    });
    assert.deepEqual(sources.at(-1)?.['q.k'], { value: 'v', origin: '5:8' });
    assert.ok((await get('/receiver/prod', { headers: { accept } })).type.startsWith(accept));
  });

  test('several services, and a slash in a name', async (t) => {
    const { settingsOf } = await serve(t, { 'a.yml': 'k: a', 'b.yml': 'k: b', 'deep/c.yml': 'k: c' });
    const two = await settingsOf('/a,b/default');
    assert.equal(two.name, 'a,b');
    assert.deepEqual(
      two.propertySources.map(({ source }) => source['k']),
      ['b', 'a'],
    );
    const deep = await settingsOf('/deep(_)c/default/feature(_)one');
    assert.deepEqual([deep.name, deep.label, deep.propertySources[0]?.source['k']], ['deep/c', 'feature/one', 'c']);
  });

  test('the last dash of a file’s name is before the profile', async (t) => {
    const { get } = await serve(t, { 'my-app-prod.yml': 'k: 1' });
    assert.equal((await get('/my-app-prod.properties')).text, 'k: 1\n');
    assert.equal((await get('/main/my-app-prod.properties')).text, 'k: 1\n');
    assert.equal((await get('/x-.yml')).status, 404);
  });

  test('too much at once is refused, and a pipe holds nobody up', async (t) => {
    const { get, folder } = await serve(t, {}, { CONFIG_SEARCH_PATHS: '{application}/{profile}' });
    const many = Array.from({ length: 15 }, (_, index) => `n${index}`).join(',');
    assert.match((await get(`/${many}/${many}`)).text, /BAD_REQUEST.*more than 5000/);
    assert.equal((await get(`/${'x,'.repeat(21)}/default`)).status, 400);
    execFileSync('mkfifo', [join(folder, 'x.yml')]);
    assert.equal((await get('/x/default')).status, 200);
  });

  test('a push hook answers the services that it concerns', async (t) => {
    const { ask } = await serve(t, {});
    const hook = (body: string) =>
      ask('/monitor', { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body });
    assert.equal((await hook('path=receiver-prod.yml&path=application.yml')).text, '["receiver-prod","receiver","*"]');
    assert.equal((await hook('x=y')).status, 400);
  });

  test('a service without files is an empty answer, or 404 where that is set', async (t) => {
    const { get } = await serve(t, {}, { CONFIG_ACCEPT_EMPTY: 'false' });
    assert.equal((await get('/nobody/default')).status, 404);
    assert.equal((await get('/nobody-default.json')).status, 404);
  });
});

describe('plain files', () => {
  const files = {
    'application.yml': 'host: all\nport: 80\n',
    'web.yml': 'host: web',
    'sub/nginx.conf': 'server ${host}:${port} \\${host} ${gone:x} ${gone}',
    'sub/nginx-prod.conf': 'in prod',
    'page.html': '<b>${host}</b>',
    'logo.bin': '\u0000\u0001',
  };

  test('placeholders are filled in from the settings of the service, unless asked not to', async (t) => {
    const { get } = await serve(t, files);
    const { status, type, text } = await get('/web/default/main/sub/nginx.conf');
    assert.deepEqual([status, type, text], [200, 'text/plain; charset=utf-8', 'server web:80 ${host} x ${gone}']);
    const raw = await get('/web/default/main/sub/nginx.conf?resolvePlaceholders=false');
    assert.equal(raw.text, files['sub/nginx.conf']);
    const usual = await get('/web/default/sub/nginx.conf?useDefaultLabel');
    assert.equal(usual.text, text);
    assert.equal((await get('/web/default/page.html?useDefaultLabel=true')).type, 'text/plain; charset=utf-8');
  });

  test('that of the profile wins; bytes are given as they are; what is absent is 404', async (t) => {
    const { get } = await serve(t, files);
    assert.equal((await get('/web/prod/main/sub/nginx.conf')).text, 'in prod');
    const bytes = await get('/web/prod/main/logo.bin', { headers: { accept: 'application/octet-stream' } });
    assert.deepEqual([bytes.type, bytes.text], ['application/octet-stream', '\u0000\u0001']);
    for (const path of ['/web/prod/main/none.txt', '/web/prod/main/sub', '/web/prod/none?useDefaultLabel']) {
      assert.equal((await get(path)).status, 404, path);
    }
  });
});

describe('a login', () => {
  test('is asked for everywhere but for health; our client gives it', async (t) => {
    const { url, get } = await serve(t, { 'x.yml': 'k: 1' }, { CONFIG_LOGIN: 'me:s3cret' });
    const basic = (login: string) => ({ headers: { authorization: `Basic ${Buffer.from(login).toString('base64')}` } });
    for (const path of ['/x/default', '/x-default.yml', '/swagger-ui/', '/actuator/info', '/actuator/healthy']) {
      assert.equal((await get(path)).status, 401, path);
    }
    assert.equal((await get('/x/default', basic('me:wrong'))).status, 401);
    assert.equal((await get('/x/default', basic('me:s3cret'))).status, 200);
    assert.equal((await get('/actuator/health')).status, 200);
    const options = { url: url.replace('//', '//me:s3cret@'), service: 'x', profile: 'default', timeoutMs: 2000 };
    assert.equal((await fetchServedSettings(options)).settings?.['k'], '1');
  });

  test('must have a user and a password', async (t) => {
    await assert.rejects(serve(t, {}, { CONFIG_LOGIN: 's3cret' }), (error: Error) => {
      assert.match(error.message, /CONFIG_LOGIN.*user:password/);
      return !error.message.includes('s3cret');
    });
  });
});

describe('the client', () => {
  test('gets flat texts, the most specific of each', async (t) => {
    const { url } = await serve(t, files);
    const { settings } = await fetchServedSettings({ url, service: 'receiver', profile: 'prod', timeoutMs: 2000 });
    assert.deepEqual(settings, {
      a: '1',
      b: 'application-prod',
      'list[0]': 'own',
      list: 'own',
      c: 'application-prod',
      'd.e': 'receiver-prod',
      f: 'true',
      'spring.config.activate.on-profile': 'prod',
    });
  });

  test('gets nothing where there is nothing', async (t) => {
    const { url } = await serve(t, undefined);
    const none = await fetchServedSettings({ url, service: 'x', profile: 'default', timeoutMs: 2000 });
    assert.deepEqual(none.settings, {});
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
