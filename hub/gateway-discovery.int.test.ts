// hub: tests of the gateway beside a real eurekaserver: who registers is asked at once, who drains no more, and a registry that is away stays known.
import { registerWithEureka } from '@staffetta/platform/discovery/eureka-client.ts';
import { createLog } from '@staffetta/platform/telemetry/log.ts';
import { startServer } from '@staffetta/eurekaserver/eureka-test-kit.ts';
import {
  arubaKey,
  refusedUrl,
  startGateway,
  startService,
  type TestService,
} from '@staffetta/gateway/gateway-test-kit.ts';
import { eventually } from '@staffetta/gateway/traffic/traffic-test-kit.ts';
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';

const log = createLog('silent');

async function world(t: TestContext) {
  const eureka = await startServer();
  const serverUrl = `${eureka.url}/eureka`;
  const discovery = { serverUrls: [serverUrl], givenAddressOf: () => undefined };
  // So rarely is it asked by the clock that only the stream of changes can tell.
  const gateway = await startGateway(await refusedUrl(), { discoveryPollMs: 3_600_000 }, { discovery });
  const ends: (() => Promise<unknown>)[] = [() => gateway.stop(), () => eureka.stop()];
  t.after(async () => {
    for (const end of ends) await end();
  });
  async function join(name: string) {
    const service = await startService((_incoming, response) => void response.end(name));
    const { hostname, port } = new URL(service.url);
    const options = { serverUrls: [serverUrl], service: 'sender', host: hostname, port: Number(port), log } as const;
    const registration = registerWithEureka(options);
    ends.unshift(
      () => registration.stop(),
      () => service.stop(),
    );
    return { service, registration };
  }
  const ask = () => gateway.ask('GET', '/sender/x', arubaKey);
  const asked = async (count: number): Promise<Set<string>> =>
    new Set((await Promise.all(Array.from({ length: count }, ask))).map(({ text }) => text));
  return { eureka, gateway, join, ask, asked };
}

test('who registers is asked, who drains is asked no more, who is back is asked again', async (t) => {
  const { join, ask, asked } = await world(t);
  assert.equal((await ask()).status, 503);
  await join('one');
  await eventually('the first one is asked', async () => (await ask()).text === 'one');
  const second = await join('two');
  await eventually('both are asked', async () => (await asked(20)).size === 2);
  await second.registration.drain();
  await eventually('one is asked alone', async () => (await asked(20)).size === 1);
  const before = second.service.seen.length;
  await asked(50);
  assert.equal(second.service.seen.length, before);
});

test('a registry that goes away leaves everybody where they were', async (t) => {
  const { eureka, join, asked } = await world(t);
  await join('one');
  await join('two');
  await eventually('both are asked', async () => (await asked(20)).size === 2);
  await eureka.stop();
  assert.deepEqual(await asked(40), new Set(['one', 'two']));
});

test('an instance that dies without a word costs nobody an answer', async (t) => {
  const { join, asked, gateway } = await world(t);
  const first = await join('one');
  await join('two');
  await eventually('both are asked', async () => (await asked(20)).size === 2);
  await kill(first.service);
  for (let round = 0; round < 5; round += 1) assert.deepEqual(await asked(20), new Set(['two']));
  const { text } = await gateway.ask('GET', '/gateway/api/upstreams', arubaKey);
  assert.match(text, /"state":"ejected".*"ejectedFor":"refused"/);
});

/** Its registration stays: nobody was there to take it back. */
async function kill(service: TestService): Promise<void> {
  await service.stop();
}
