// receiver: a receiver in a process of its own, for tests that kill it: `node receiver-child.fixture.ts DATABASE_URL`.
import { createPostgresBus } from '@staffetta/platform/bus/postgres/postgres-bus.ts';
import { systemClock } from '@staffetta/platform/clock.ts';
import { openStore } from '@staffetta/platform/store/store.ts';
import { createLog } from '@staffetta/platform/telemetry/log.ts';
import { Metrics } from '@staffetta/platform/telemetry/metrics.ts';
import { tmpdir } from 'node:os';
import { receiver } from './receiver.ts';
import { quickSettings } from './receiver-test-kit.ts';

const store = openStore(process.argv[2] ?? '', { name: 'child' });
const bus = await createPostgresBus(store, { name: 'child' });
await receiver.start(
  {
    profile: 'dev',
    clock: systemClock,
    log: createLog('silent'),
    metrics: Metrics.ofService('receiver'),
    host: '127.0.0.1',
    port: 0,
    callerSecret: 'test-secret',
    trustDirectCalls: true,
    dataDir: tmpdir(),
    addressOf: (service) => `http://${service}.invalid`,
    store,
    storeIfAny: store,
    bus,
    busIfAny: bus,
    version: '0.0.0',
    tell: () => undefined,
  },
  quickSettings(),
);
