// platform: what was served is kept for the next start, unreadable to others, and never in the way.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { systemClock } from '../clock.ts';
import { createLog } from '../telemetry/log.ts';
import { keptSettings, type KeptSettingsOptions } from './kept-settings.ts';

async function open(t: TestContext) {
  const dataDir = await mkdtemp(join(tmpdir(), 'staffetta-kept-'));
  t.after(() => rm(dataDir, { recursive: true }));
  const folder = join(dataDir, 'served-settings');
  const usual = { dataDir, service: 'sender', profile: 'default', label: undefined, secret: 'the secret' } as const;
  const keeper = (more: Partial<KeptSettingsOptions> = {}) =>
    keptSettings({ ...usual, clock: systemClock, log: createLog('silent'), ...more });
  return { dataDir, folder, file: join(folder, 'sender'), keeper };
}

const served = { SMTP_URL: 'smtps://user:well-guarded@host', LIMIT: '5' };

test('the last that was served is found again, with when that was', async (t) => {
  const { folder, keeper } = await open(t);
  const one = keeper();
  assert.equal(await one.read(), undefined);
  one.keep({ LIMIT: '4' });
  one.keep(served);
  await one.done();
  const kept = await keeper().read();
  assert.deepEqual(kept?.served, served);
  assert.ok(kept.keptAt instanceof Date && !Number.isNaN(kept.keptAt.getTime()));
  assert.deepEqual(await readdir(folder), ['sender'], 'nothing is left of the writing');
});

test('only the owner may read the file, and it tells him nothing', async (t) => {
  const { folder, file, keeper } = await open(t);
  const one = keeper();
  one.keep(served);
  await one.done();
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.equal((await stat(folder)).mode & 0o777, 0o700);
  const text = await readFile(file, 'utf8');
  for (const word of ['well-guarded', 'SMTP_URL', 'LIMIT']) {
    assert.ok(!text.includes(word) && !Buffer.from(text, 'base64url').includes(word), word);
  }
});

test('what was kept for others, or was touched, counts as nothing', async (t) => {
  const { file, keeper } = await open(t);
  const one = keeper();
  one.keep(served);
  await one.done();
  for (const other of [{ secret: 'another' }, { profile: 'prod' }, { label: 'v2' }, { service: 'signer' }] as const) {
    assert.equal(await keeper(other).read(), undefined, JSON.stringify(other));
  }
  const text = await readFile(file, 'utf8');
  for (const touched of ['', 'x', text.slice(0, -4), `A${text.slice(1)}`, `B${text.slice(1)}`].filter(
    (it) => it !== text,
  )) {
    await writeFile(file, touched);
    assert.equal(await keeper().read(), undefined, touched.slice(0, 9));
  }
});

test('a folder that takes no file costs a line in the log, and the next that is served is tried again', async (t) => {
  const { folder, keeper } = await open(t);
  await writeFile(folder, 'a file in its way');
  const one = keeper();
  one.keep(served);
  await one.done();
  assert.equal(await one.read(), undefined);
  await rm(folder);
  await mkdir(folder);
  one.keep(served);
  await one.done();
  assert.deepEqual((await keeper().read())?.served, served);
});
