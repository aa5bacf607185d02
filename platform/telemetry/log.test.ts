// platform: logs hide what must not be in them, and never fill the disk.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLog, rollOver } from './log.ts';

test('documents, keys and passwords never reach the log', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'staffetta-log-'));
  const file = join(folder, 'deep', 'one.log');
  const log = createLog('info', file);
  log.info({ invoice: '<secret/>', user: { password: 'hunter2' }, apiKey: 'k-1', correlationId: 'c-1' }, 'tried');
  let text = '';
  while (text === '') {
    await sleep(10);
    text = await readFile(file, 'utf8').catch(() => '');
  }
  assert.doesNotMatch(text, /secret|hunter2|k-1/);
  assert.match(text, /"correlationId":"c-1".*"msg":"tried"/);
  await rm(folder, { recursive: true });
});

test('a large log is put aside once, a small one is left alone', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'staffetta-log-'));
  const file = join(folder, 'hub.log');
  let reopened = 0;
  const roll = () => rollOver(file, 10, () => reopened++);
  roll();
  await writeFile(file, 'short');
  roll();
  assert.equal(reopened, 0);
  await writeFile(file, 'longer than ten bytes');
  roll();
  assert.deepEqual([reopened, await readdir(folder)], [1, ['hub.log.1']]);
  await rm(folder, { recursive: true });
});
