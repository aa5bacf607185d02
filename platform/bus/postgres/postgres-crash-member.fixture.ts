// platform: a member in a process of its own, for the tests that kill or freeze it; prints one line per event that it is handed.
import { setTimeout as sleep } from 'node:timers/promises';
import { openStore } from '../../store/store.ts';
import { createPostgresBus } from './postgres-bus.ts';

const [url = '', group = '', topic = '', aliveMs = '2000', holdMs = '0'] = process.argv.slice(2);
const bus = await createPostgresBus(openStore(url, { name: 'crash member' }), {
  name: 'crash member',
  aliveMs: Number(aliveMs),
});

await bus.consume({
  group,
  topic,
  batchMax: 10,
  retry: { tries: 3, delaysMs: [10], jitter: 0 },
  handle: async (batch) => {
    for (const event of batch) process.stdout.write(`${event.partition}/${event.offset}\n`);
    await sleep(Number(holdMs));
  },
});
process.stdout.write('ready\n');
