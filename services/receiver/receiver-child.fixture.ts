// receiver: a receiver in a process of its own, for tests that kill it: `node receiver-child.fixture.ts DATABASE_URL`.
import { createPostgresBus } from '@staffetta/platform/bus/postgres/postgres-bus.ts';
import { systemClock } from '@staffetta/platform/clock.ts';
import { openStore } from '@staffetta/platform/store/store.ts';
import { createLog } from '@staffetta/platform/telemetry/log.ts';
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
    host: '127.0.0.1',
    port: 0,
    callerSecret: 'test-secret',
    trustDirectCalls: true,
    dataDir: tmpdir(),
    addressOf: (service) => `http://${service}.invalid`,
    store,
    bus,
    version: '0.0.0',
  },
  quickSettings(),
);
