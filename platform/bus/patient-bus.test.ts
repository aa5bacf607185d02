// platform: topics are waited for, everything else is asked of the bus itself.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HubError } from '@staffetta/flow/errors.ts';
import type { Bus } from './bus.ts';
import { patientBus } from './patient-bus.ts';

class ShyBus {
  readonly face = 'kafka';
  #asked = 0;
  async ensureTopics(): Promise<void> {
    this.#asked += 1;
    if (this.#asked < 3) throw new HubError('BUS_AWAY', 'not yet');
  }
  async lag(): Promise<number> {
    return this.#asked;
  }
}

test('a bus that is away for a while makes its topics all the same', async () => {
  let waits = 0;
  const bus = patientBus(new ShyBus() as unknown as Bus, async (ask) => {
    for (;;) {
      try {
        return await ask();
      } catch {
        waits += 1;
      }
    }
  });
  await bus.ensureTopics(['a']);
  assert.deepEqual([waits, await bus.lag('g', 'a'), bus.face], [2, 3, 'kafka']);
});
