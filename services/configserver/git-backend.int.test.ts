// configserver: settings from git: labels, many places, a remote that comes and goes, and nothing that leads out.
import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { servers } from '@staffetta/tools/servers/available.ts';
import { folderFor, startOn, type Answer } from './configserver-test-kit.ts';
import { makeRepository, serveRepository } from './git-repository.fixture.ts';

function first({ propertySources }: Answer): unknown {
  return propertySources[0]?.source['k'];
}

describe('a repository on this machine', { skip: servers.git.missing }, () => {
  test('labels are branches, tags and commits; the answer names the commit', async (t) => {
    const dataDir = await folderFor(t);
    const repository = await makeRepository(join(dataDir, 'repo'));
    const one = await repository.commit({ 'x.yml': 'k: one', 'sub/web.conf': 'k is ${k}' });
    await repository.git('tag', '-a', 'v1', '-m', 'first');
    await repository.git('checkout', '--quiet', '-b', 'feature/two');
    const two = await repository.commit({ 'x.yml': 'k: two\n---\nspring.profiles: prod\nk: two in prod\n' });
    await repository.git('checkout', '--quiet', 'main');
    const uri = `file://${repository.folder}`;
    const { settingsOf, get } = await startOn(t, { dataDir, environment: { CONFIG_BACKEND: uri } });
    assert.deepEqual(await settingsOf('/x/default'), {
      name: 'x',
      profiles: ['default'],
      label: null,
      version: one,
      state: '',
      propertySources: [{ name: `${uri}/x.yml`, source: { k: 'one' } }],
    });
    for (const [label, version, k] of [
      ['main', one, 'one'],
      ['v1', one, 'one'],
      [one, one, 'one'],
      [one.slice(0, 10), one, 'one'],
      ['feature(_)two', two, 'two'],
    ] as const) {
      const answer = await settingsOf(`/x/default/${label}`);
      assert.deepEqual([answer.version, first(answer)], [version, k], label);
    }
    const inProd = await settingsOf('/x/prod/feature(_)two');
    assert.equal(inProd.propertySources[0]?.name, `${uri}/x.yml (document #1)`);
    assert.equal((await get('/feature(_)two/x-prod.properties')).text, 'k: two in prod\n');
    assert.equal((await get('/x/default/feature(_)two/sub/web.conf')).text, 'k is two');
    for (const path of [
      '/x/default/none',
      '/x/default/0000000000',
      '/none/x-default.yml',
      '/x/default/none/sub/web.conf',
    ]) {
      const { status, text } = await get(path);
      assert.deepEqual([status, /none|0000000000/.test(text)], [404, true], path);
    }
    await repository.commit({ 'x.yml': 'k: three' });
    assert.equal(first(await settingsOf('/x/default')), 'three');
  });

  test('the default label, search paths, and a name for git to stumble over', async (t) => {
    const dataDir = await folderFor(t);
    const repository = await makeRepository(join(dataDir, 'repo'));
    await repository.commit({
      'x.yml': 'k: root',
      'apps/x/x.yml': 'k: own',
      'teams/a/x.yml': 'k: a',
      'teams/b/y.yml': 'k: b',
    });
    await repository.git('branch', '-m', 'main', 'live');
    const environment = {
      CONFIG_BACKEND: `file://${repository.folder}`,
      CONFIG_DEFAULT_LABEL: 'live',
      CONFIG_SEARCH_PATHS: 'teams/*,apps/{application}',
    };
    const { settingsOf, get } = await startOn(t, { dataDir, environment });
    const { propertySources } = await settingsOf('/x/default');
    assert.deepEqual(
      propertySources.map(({ source }) => source['k']),
      ['own', 'a', 'root'],
    );
    assert.equal(first(await settingsOf('/y/default')), 'b');
    for (const label of ['--help', '-n', 'live~1', 'live:x.yml', '@{1}', 'a..b', 'HEAD^', '.git']) {
      assert.equal((await get(`/x/default/${encodeURIComponent(label)}`)).status, 400, label);
    }
  });

  test('a link in it leads nowhere, and its size is bounded', async (t) => {
    const dataDir = await folderFor(t);
    const repository = await makeRepository(join(dataDir, 'repo'));
    await symlink('/etc/passwd', join(repository.folder, 'passwd.txt'));
    await symlink('/etc', join(repository.folder, 'etc'));
    await repository.commit({ 'x.yml': `k: ${'v'.repeat(5000)}` });
    const environment = { CONFIG_BACKEND: `file://${repository.folder}`, CONFIG_FILE_MAX: '1000' };
    const { get } = await startOn(t, { dataDir, environment });
    for (const path of ['/y/default/main/passwd.txt', '/y/default/main/etc/passwd']) {
      assert.equal((await get(path)).status, 404, path);
    }
    assert.match((await get('/x/default')).text, /x\.yml.*CONFIG_FILE_MAX/);
  });

  test('a repository that is none is away, not unready', async (t) => {
    const dataDir = await folderFor(t);
    await mkdir(join(dataDir, 'empty.git'));
    const { get } = await startOn(t, { dataDir, environment: { CONFIG_BACKEND: join(dataDir, 'empty.git') } });
    const { status, text } = await get('/x/default');
    assert.equal(status, 503);
    assert.match(text, /git for-each-ref: .*not a git repository/);
    assert.match((await get('/actuator/health')).text, /"status":"UP".*DEGRADED/s);
    assert.equal((await get('/actuator/health/readiness')).status, 200);
  });
});

describe('several places', { skip: servers.git.missing }, () => {
  test('the first pattern that fits speaks, else the usual place', async (t) => {
    const dataDir = await folderFor(t);
    const [usual, special] = await Promise.all([
      makeRepository(join(dataDir, 'usual')),
      makeRepository(join(dataDir, 'special')),
    ]);
    await usual.commit({ 'application.yml': 'k: usual' });
    await special.commit({ 'application.yml': 'k: special', 'in/pay.yml': 'k: pay' });
    const uri = `file://${special.folder}`;
    const places = [
      { name: 'pay', uri, searchPaths: ['in'] },
      { name: 'test', pattern: '*/test*', uri },
    ];
    const environment = { CONFIG_BACKEND: `file://${usual.folder}`, CONFIG_REPOSITORIES: JSON.stringify(places) };
    const { settingsOf, get } = await startOn(t, { dataDir, environment });
    for (const [path, k] of [
      ['/x/default', 'usual'],
      ['/x/default,test2', 'special'],
      ['/pay/default', 'pay'],
      ['/payer/default', 'usual'],
    ] as const) {
      assert.equal(first(await settingsOf(path)), k, path);
    }
    assert.match((await get('/actuator/health')).text, /"repository".*"pay".*"test"/);
  });
});

describe('a remote repository', { skip: servers.git.missing }, () => {
  const push = (paths: readonly string[]) => ({
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-github-event': 'push' },
    body: JSON.stringify({ commits: [{ modified: paths }] }),
  });

  test('is mirrored; a push hook brings what is new; while it is away the last state is served, by the next run too', async (t) => {
    const dataDir = await folderFor(t);
    const repository = await makeRepository(join(dataDir, 'repo'));
    await repository.commit({ 'x.yml': 'k: one' });
    const remote = await serveRepository(t, repository, 'me:s3cret');
    await remote.publish();
    const environment = { CONFIG_BACKEND: remote.uri, CONFIG_REFRESH: '1h' };
    const { settingsOf, get } = await startOn(t, { dataDir, environment });
    const answer = await settingsOf('/x/default');
    assert.deepEqual(answer.propertySources, [{ name: `${remote.shownAs}/x.yml`, source: { k: 'one' } }]);

    await repository.commit({ 'x.yml': 'k: two' });
    await remote.publish();
    assert.equal((await get('/monitor', push(['x.yml', 'application-prod.yml']))).text, '["x","application-prod","*"]');
    assert.equal(first(await settingsOf('/x/default')), 'two');

    await repository.git('commit', '--quiet', '--amend', '-m', 'rewritten');
    await repository.git('branch', 'gone');
    await remote.publish();
    await get('/monitor', push([]));
    assert.equal((await settingsOf('/x/default')).version, await repository.git('rev-parse', 'HEAD'));
    await repository.git('branch', '-D', 'gone');
    await remote.publish();
    await get('/monitor', push([]));
    assert.equal((await get('/x/default/gone')).status, 404);

    remote.open(false);
    await get('/monitor', push([]));
    assert.equal(first(await settingsOf('/x/default')), 'two');
    const health = await get('/actuator/health');
    assert.match(health.text, /"status":"UP".*"repository":\{"status":"DEGRADED","details":\{"error":"git fetch: /s);
    assert.equal(health.text.includes('s3cret'), false);
    assert.equal((await get('/actuator/health/readiness')).status, 200);

    const next = await startOn(t, { dataDir, environment });
    assert.equal(first(await next.settingsOf('/x/default')), 'two');
    remote.open(true);
    await next.get('/monitor', push([]));
    assert.match((await next.get('/actuator/health')).text, /"repository":\{"status":"UP"/);
  });

  test('that hangs holds up neither readers of what is known nor the stop; hooks in a flood share one fetch', async (t) => {
    const dataDir = await folderFor(t);
    const repository = await makeRepository(join(dataDir, 'repo'));
    await repository.commit({ 'x.yml': 'k: one' });
    const remote = await serveRepository(t, repository, 'me:s3cret');
    await remote.publish();
    const environment = { CONFIG_BACKEND: remote.uri, CONFIG_REFRESH: '1h' };
    const { settingsOf, get } = await startOn(t, { dataDir, environment });
    await settingsOf('/x/default');
    const before = remote.fetches();
    await Promise.all(Array.from({ length: 20 }, () => get('/monitor', push(['x.yml']))));
    assert.ok(remote.fetches() - before <= 3);
    remote.open('hanging');
    const hook = get('/monitor', push(['x.yml'])).catch(() => undefined);
    await remote.asked();
    assert.equal(first(await settingsOf('/x/default')), 'one');
    t.after(() => hook);
  });

  test('a lock that a killed git left is taken away once it is old, and respected before', async (t) => {
    const dataDir = await folderFor(t);
    const repository = await makeRepository(join(dataDir, 'repo'));
    await repository.commit({ 'x.yml': 'k: one' });
    const remote = await serveRepository(t, repository, 'me:s3cret');
    await remote.publish();
    const { settingsOf, get } = await startOn(t, {
      dataDir,
      environment: { CONFIG_BACKEND: remote.uri, CONFIG_REFRESH: '1h' },
    });
    await settingsOf('/x/default');
    const mirrors = join(dataDir, 'config-repositories');
    const [mirror = ''] = await readdir(mirrors);
    const lock = join(mirrors, mirror, 'refs', 'heads', 'main.lock');
    await writeFile(lock, '');
    await repository.commit({ 'x.yml': 'k: two' });
    await remote.publish();
    await get('/monitor', push(['x.yml']));
    assert.equal(first(await settingsOf('/x/default')), 'one');
    const longAgo = new Date(Date.now() - 3_600_000);
    await utimes(lock, longAgo, longAgo);
    await get('/monitor', push(['x.yml']));
    assert.equal(first(await settingsOf('/x/default')), 'two');
  });

  test('that was never reached is away, and its login is nowhere', async (t) => {
    const dataDir = await folderFor(t);
    const repository = await makeRepository(join(dataDir, 'repo'));
    await repository.commit({ 'x.yml': 'k: one' });
    const remote = await serveRepository(t, repository, 'me:s3cret');
    const environment = { CONFIG_BACKEND: remote.uri.replace('s3cret', 'wr0ng'), CONFIG_REFRESH: '1h' };
    const { get } = await startOn(t, { dataDir, environment });
    const { status, text } = await get('/x/default');
    assert.equal(status, 503);
    assert.match(text, /SERVICE_UNAVAILABLE.*git fetch/);
    const mirrors = join(dataDir, 'config-repositories');
    const [mirror = ''] = await readdir(mirrors);
    const kept = await readFile(join(mirrors, mirror, 'config'), 'utf8');
    for (const words of [text, kept]) assert.equal(words.includes('wr0ng'), false);
  });
});
