// platform: a stop lets what is in hand end, cuts it when its time is over, and says so; a second signal hurries.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

const fixture = fileURLToPath(new URL('stop-signal.fixture.ts', import.meta.url));
const forEver = 600_000;

interface Line {
  readonly msg: string;
  readonly port?: number;
  readonly why?: string;
  readonly correlationId?: string;
}

async function start(t: TestContext, timeoutMs: number, holdMs: number) {
  const child = spawn(process.execPath, [fixture, String(timeoutMs), String(holdMs)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  const lines: Line[] = [];
  const waiting = new Map<string, (line: Line) => void>();
  createInterface({ input: child.stdout }).on('line', (text) => {
    const line = JSON.parse(text) as Line;
    lines.push(line);
    waiting.get(line.msg)?.(line);
  });
  const logged = async (msg: string): Promise<Line> =>
    lines.find((line) => line.msg === msg) ?? new Promise((resolve) => waiting.set(msg, resolve));
  const ended = once(child, 'exit').then(([code]) => code as number);
  const { port } = await logged('listens');
  const ask = (path: string) =>
    fetch(`http://127.0.0.1:${port}${path}`, { headers: { 'x-correlation-id': 'held-1' } }).then(
      (answer) => answer.status,
      () => 'cut',
    );
  return { child, logged, ended, ask };
}

test('a request and a batch in hand end first; then the process ends with 0', async (t) => {
  const { child, logged, ended, ask } = await start(t, 20_000, 300);
  assert.equal(await ask('/batch'), 200);
  const held = ask('/held');
  await logged('held');
  child.kill('SIGTERM');
  assert.equal(await held, 200);
  assert.equal(await ended, 0);
});

test('a request that does not end is cut and told by its story, and the process ends with 1', async (t) => {
  const { child, logged, ended, ask } = await start(t, 500, forEver);
  const held = ask('/held');
  await logged('held');
  child.kill('SIGTERM');
  assert.equal(await held, 'cut');
  assert.equal((await logged('request.cut')).correlationId, 'held-1');
  assert.equal(await ended, 1);
});

test('a batch that does not end is cut when the time is over, with a line that names the setting', async (t) => {
  const { child, logged, ended, ask } = await start(t, 300, forEver);
  assert.equal(await ask('/batch'), 200);
  child.kill('SIGTERM');
  assert.match((await logged('cut')).why ?? '', /300 ms \(STAFFETTA_STOP_TIMEOUT\)/);
  assert.equal(await ended, 1);
});

test('a second signal hurries; one that comes at once is the first one', async (t) => {
  const { child, logged, ended, ask } = await start(t, forEver, forEver);
  assert.equal(await ask('/batch'), 200);
  child.kill('SIGTERM');
  child.kill('SIGINT');
  await sleep(1200);
  assert.equal(child.exitCode, null);
  child.kill('SIGTERM');
  assert.match((await logged('cut')).why ?? '', /second signal/);
  assert.equal(await ended, 1);
});
