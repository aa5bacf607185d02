// platform: a process with a request or a batch in hand, for tests that stop it: `node stop-signal.fixture.ts TIMEOUT_MS HOLD_MS`.
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from './clock.ts';
import { createHttpServer } from './http/server.ts';
import { onStopSignal } from './stop-signal.ts';
import { createLog } from './telemetry/log.ts';

const [timeoutMs = 0, holdMs = 0] = process.argv.slice(2).map(Number);
const log = createLog('info');
onStopSignal({
  timeoutMs,
  onCut: (why) => log.error({ why }, 'cut'),
  async drain() {
    await server.close();
    await batch;
  },
});
let batch: Promise<void> = Promise.resolve();
const options = { service: 'fixture', says: '', version: '0', clock: systemClock, log, bodyBytesMax: 1, health: [] };
const server = await createHttpServer(options);
server.app.get('/held', async () => {
  log.info('held');
  await sleep(holdMs);
  return { ended: true };
});
server.app.get('/batch', () => {
  batch = sleep(holdMs);
  return {};
});
const port = await server.listen(0, '127.0.0.1');
log.info({ port }, 'listens');
