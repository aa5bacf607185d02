// gateway: tests of the load: a gateway that runs late turns reads away, then writes, and takes all again.
import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { Load } from './load.ts';
import { eventually } from './traffic-test-kit.ts';

const asked = (method: string): IncomingMessage => ({ method }) as IncomingMessage;

function blockFor(ms: number): void {
  for (const endMs = performance.now() + ms; performance.now() < endMs;);
}

test('a gateway that runs late turns reads away, and takes them again once it has caught up', async (t) => {
  const load = new Load(() => ({ shedDelayMs: 40, shedInFlight: 0 }));
  t.after(() => load.stop());
  assert.equal(load.isTooMuchFor(asked('GET')), false);
  await eventually('it is late', () => {
    blockFor(200);
    return load.isTooMuchFor(asked('GET'));
  });
  await eventually('it has caught up', () => !load.isTooMuchFor(asked('GET')));
});

test('without bounds nothing is turned away', (t) => {
  const load = new Load(() => ({ shedDelayMs: 0, shedInFlight: 0 }));
  t.after(() => load.stop());
  load.inFlight = 1_000_000;
  assert.equal(load.isTooMuchFor(asked('GET')), false);
});

test('writes are taken twice as long as reads', (t) => {
  const load = new Load(() => ({ shedDelayMs: 0, shedInFlight: 10 }));
  t.after(() => load.stop());
  const taken = (inFlight: number, method: string): boolean => {
    load.inFlight = inFlight;
    return !load.isTooMuchFor(asked(method));
  };
  assert.deepEqual(
    [taken(9, 'GET'), taken(10, 'GET'), taken(19, 'POST'), taken(20, 'POST')],
    [true, false, true, false],
  );
});
