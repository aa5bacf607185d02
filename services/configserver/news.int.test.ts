// configserver: whoever changes a file or asks for it, every process hears of it by the bus; who has a state is not sent it again.
import { broadcasts } from '@staffetta/flow/broadcasts.ts';
import type { Bus } from '@staffetta/platform/bus/bus.ts';
import { eventually } from '@staffetta/platform/bus/conformance-kit.ts';
import { callerHeader, signCaller } from '@staffetta/platform/http/caller.ts';
import { testWorld, type TestWorld } from '@staffetta/platform/test-world.ts';
import { servers } from '@staffetta/tools/servers/available.ts';
import assert from 'node:assert/strict';
import { mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test, type TestContext } from 'node:test';
import { folderFor, startOn, writeFiles, type Start } from './configserver-test-kit.ts';
import { openFolder } from './folder-backend.ts';
import { makeRepository } from './git-repository.fixture.ts';

/** What was heard of since. */
async function hear(t: TestContext, bus: Bus): Promise<string[][]> {
  const heard: string[][] = [];
  const hearing = bus.hear(broadcasts.settingsChanged.topic, ({ value }) =>
    heard.push((JSON.parse(value.toString()) as { services: string[] }).services),
  );
  t.after(() => hearing.stop());
  await hearing.begun;
  return heard;
}

describe('news of settings', { skip: servers.postgres.missing }, () => {
  let world: TestWorld;
  before(async () => {
    world = await testWorld();
  });
  after(() => world.end());

  const startWith = async (t: TestContext, start: Partial<Start> = {}) => {
    const dataDir = await folderFor(t);
    const heard = await hear(t, world.bus);
    const environment = { CONFIG_WATCH: '20ms', ...start.environment };
    const all = { ...start, environment, dataDir, world: { busIfAny: world.bus, ...start.world } };
    await mkdir(join(dataDir, 'config'));
    return { dataDir, folder: join(dataDir, 'config'), heard, ...(await startOn(t, all)) };
  };

  test('a push hook and Spring’s bus refresh tell at once, to whom they concern', async (t) => {
    const { ask, heard } = await startWith(t, { environment: { CONFIG_WATCH: '0' } });
    const headers = { 'content-type': 'application/json' };
    const hook = await ask('/monitor', { method: 'POST', headers, body: '{"path":"sender-prod.yml"}' });
    assert.deepEqual(JSON.parse(hook.text), ['sender-prod', 'sender']);
    for (const [path, status] of [
      ['', 204],
      ['/receiver:**', 204],
      ['/**', 204],
      ['/..%2fx', 400],
    ] as const) {
      assert.equal((await ask(`/actuator/busrefresh${path}`, { method: 'POST' })).status, status, path);
    }
    await eventually('all were heard', () => heard.length === 4);
    assert.deepEqual(heard, [['sender-prod', 'sender'], ['*'], ['receiver'], ['*']]);
  });

  test('in production only administrators ask for it', async (t) => {
    const { ask, heard } = await startWith(t, { profile: 'production', world: { callerSecret: 'shared' } });
    const post = async (headers: Record<string, string> = {}) =>
      (await ask('/actuator/busrefresh', { method: 'POST', headers })).status;
    const as = (role: 'ARUBA' | 'CUSTOMER') => ({
      [callerHeader]: signCaller('shared', { name: 'x', roles: [role] }, new Date()),
    });
    assert.deepEqual([await post(), await post(as('CUSTOMER')), await post(as('ARUBA'))], [401, 403, 204]);
    await eventually('one was heard', () => heard.length === 1);
  });

  test('files that are saved, added, taken away or swapped by a link are noticed; others are not', async (t) => {
    const { folder, heard } = await startWith(t);
    const noticed = async (what: string, change: () => Promise<void>) => {
      const before = heard.length;
      await change();
      await eventually(what, () => heard.length > before);
    };
    const sender = join(folder, 'sender.yml');
    await noticed('added', () => writeFile(sender, 'a: 1'));
    await noticed('saved', () => writeFile(sender, 'a: 22'));
    await noticed('below', () => writeFiles(folder, { 'deep/er/x.properties': 'k=1' }));
    await noticed('taken away', () => rename(sender, join(folder, '.hidden')));
    // As Kubernetes mounts its ConfigMaps: a link to a folder that is put in place of another one.
    await writeFiles(folder, { '..one/app.yml': 'a: 1', '..two/app.yml': 'a: 2' });
    await symlink('..one', join(folder, '..data'));
    await noticed('linked', () => symlink('..data/app.yml', join(folder, 'app.yml')));
    await symlink('..two', join(folder, '..next'));
    await noticed('swapped', () => rename(join(folder, '..next'), join(folder, '..data')));
    const place = openFolder({ name: 'x', folder, searchPaths: [], bytesMax: 1, isNamed: true });
    const state = await place.state();
    await writeFiles(folder, { 'notes.txt': 'x', '.git/config.yml': 'x' });
    assert.equal(await place.state(), state);
  });

  test('a commit in a repository on this machine is noticed', async (t) => {
    const repository = await makeRepository(join(await folderFor(t), 'settings'));
    await repository.commit({ 'sender.yml': 'a: 1' });
    const { heard } = await startWith(t, { environment: { CONFIG_BACKEND: `file://${repository.folder}` } });
    await repository.commit({ 'sender.yml': 'a: 2' });
    await eventually('it was heard', () => heard.length > 0);
  });

  test('without a bus everything else goes on', async (t) => {
    const { ask } = await startWith(t, { world: { busIfAny: undefined } });
    assert.equal((await ask('/actuator/busrefresh', { method: 'POST' })).status, 204);
  });

  test('who knows an answer gets 304, until it is another one; each form has its mark', async (t) => {
    const { folder, url } = await startWith(t);
    await writeFile(join(folder, 'sender.yml'), 'a: 1');
    const ask = (headers: Record<string, string> = {}) => fetch(`${url}/sender/default`, { headers });
    const first = await ask();
    const mark = first.headers.get('etag') ?? '';
    const second = await ask({ accept: 'application/vnd.spring-cloud.config-server.v2+json' });
    assert.notEqual(second.headers.get('etag'), mark);
    const again = await ask({ 'if-none-match': `"x", W/${mark}` });
    assert.deepEqual([again.status, await again.text(), again.headers.get('etag')], [304, '', mark]);
    await writeFile(join(folder, 'sender.yml'), 'a: 2');
    const changed = await ask({ 'if-none-match': mark });
    assert.equal(changed.status, 200);
    assert.match(await changed.text(), /"a":2/);
  });
});
