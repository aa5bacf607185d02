// eurekaserver: who listens to the stream hears the registry, then every change, and what was missed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { demo, serve, startServer, until } from './eureka-test-kit.ts';

interface Heard {
  readonly id: string;
  readonly event: string;
  readonly data: { readonly instance?: typeof demo; readonly applications?: { readonly apps__hashcode: string } };
}

async function listen(url: string, headers: Record<string, string> = {}) {
  const stop = new AbortController();
  const answer = await fetch(`${url}/eureka/events`, { headers, signal: stop.signal });
  const heard: Heard[] = [];
  let rest = '';
  const ended = (async () => {
    for await (const part of answer.body!.pipeThrough(new TextDecoderStream())) {
      const blocks = (rest + part).split('\n\n');
      rest = blocks.pop()!;
      for (const block of blocks.filter((text) => !text.startsWith(':'))) {
        const fields = Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2)));
        heard.push({ ...fields, data: JSON.parse(fields['data']) } as Heard);
      }
    }
  })().catch(() => undefined);
  return { answer, heard, ended, stop: () => stop.abort() };
}

test('the registry comes first, then every change as it happens', async (t) => {
  const { url, ask } = await serve(t);
  await ask('POST', '/eureka/apps/DEMO', { instance: demo });
  const { answer, heard, stop } = await listen(url);
  t.after(stop);
  assert.equal(answer.headers.get('content-type'), 'text/event-stream');
  await until('greeted', () => heard.length === 1);
  assert.deepEqual([heard[0]?.event, heard[0]?.data.applications?.apps__hashcode], ['REGISTRY', 'UP_1_']);
  const place = '/eureka/apps/DEMO/host:demo:8080';
  await ask('PUT', `${place}/status?value=DOWN`);
  await ask('PUT', place);
  await ask('DELETE', place);
  await until('told', () => heard.length === 3);
  assert.deepEqual(
    heard.slice(1).map(({ id, event, data }) => `${id} ${event} ${data.instance?.status}`),
    ['3 MODIFIED DOWN', '4 DELETED DOWN'],
  );
});

test('who comes back hears what it missed, and everything where that is not known', async (t) => {
  const { url, ask } = await serve(t);
  for (const instanceId of ['a', 'b', 'c']) {
    await ask('POST', '/eureka/apps/DEMO', { instance: { ...demo, instanceId } });
  }
  for (const [lastEventId, events] of [
    ['2', 'ADDED ADDED'],
    ['99', 'REGISTRY'],
    ['nonsense', 'REGISTRY'],
  ] as const) {
    const { heard, stop } = await listen(url, { 'last-event-id': lastEventId });
    const many = events.split(' ').length;
    await until(events, () => heard.length === many);
    stop();
    assert.equal(heard.map(({ event }) => event).join(' '), events);
  }
});

test('no more may listen than the setting says, and a server that stops keeps nobody waiting', async () => {
  const server = await startServer({ EUREKA_STREAMS_MAX: '1' });
  const first = await listen(server.url);
  const second = await listen(server.url);
  assert.equal(second.answer.status, 503);
  await server.stop();
  await first.ended;
});
