// platform: logs hide what must not be in them, and never fill the disk.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { HubError } from '@staffetta/flow/errors.ts';
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

test('an error is logged without the pieces of data in it, and its causes with it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'staffetta-log-'));
  const file = join(folder, 'one.log');
  const log = createLog('info', file);
  const database = Object.assign(new Error('invalid input syntax for type uuid: "<Nome>Rossi</Nome>"'), {
    code: '22P02',
    severity: 'ERROR',
    routine: 'string_to_uuid',
    detail: 'Failing row contains (Rossi).',
  });
  let json: unknown;
  try {
    JSON.parse('{"cliente": Rossi}');
  } catch (error) {
    json = error;
  }
  const err = new HubError('MESSAGE_NOT_READABLE', 'It is no message.', new AggregateError([database, json], 'both'));
  log.error({ err, correlationId: 'c-1' }, 'tried');
  log.error({ err: new TypeError('a slip of our own') }, 'failed');
  let text = '';
  while (!text.includes('"failed"')) {
    await sleep(10);
    text = await readFile(file, 'utf8').catch(() => '');
  }
  assert.doesNotMatch(text, /Rossi/);
  const [tried, failed] = text.split('\n').map((line) => (line === '' ? undefined : JSON.parse(line)));
  assert.equal(tried.err.code, 'MESSAGE_NOT_READABLE');
  assert.equal(tried.err.stack, undefined);
  assert.equal(tried.err.cause.errors[0].code, '22P02');
  assert.match(tried.err.cause.errors[1].message, /^Unexpected token 'R'$/);
  assert.match(failed.err.stack, /a slip of our own[\s\S]*log\.test\.ts/);
  await rm(folder, { recursive: true });
});
