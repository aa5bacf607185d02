// eurekaserver: our own clients keep themselves registered with it, and keep a copy of it.
import { registerWithEureka } from '@staffetta/platform/discovery/eureka-client.ts';
import { watchRegistry } from '@staffetta/platform/discovery/registry-watch.ts';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { demo, serve, silent as log, startServer, until, type Listed } from './eureka-test-kit.ts';

const rhythm = { host: '127.0.0.1', port: 1234, log, heartbeatMs: 20, retryMs: 20 };
const own = '/eureka/apps/SENDER/127.0.0.1:sender:1234';

describe('a service that registers', () => {
  test('registers, keeps its lease and leaves', async (t) => {
    const { url, get, ask, hashcode } = await serve(t);
    const registration = registerWithEureka({ ...rhythm, serverUrls: [`${url}/eureka/`], service: 'sender' });
    await until('registered', async () => (await hashcode()) === 'UP_1_');
    const renewed = async () => (await get<{ instance: typeof demo }>(own)).instance.leaseInfo.lastRenewalTimestamp;
    const first = await renewed();
    await until('renewed', async () => (await renewed()) > first);
    const { instance } = await get<{ instance: typeof demo }>(own);
    assert.equal(instance.vipAddress, 'sender');
    assert.deepEqual([instance.leaseInfo.renewalIntervalInSecs, instance.leaseInfo.durationInSecs], [1, 3]);
    await registration.stop();
    assert.equal(await hashcode(), '');
    assert.match((await ask('GET', '/eureka/apps/delta')).text, /DELETED/);
  });

  test('that drains is out of service while its heartbeats go on, also where the server forgets it', async (t) => {
    const { url, ask, hashcode } = await serve(t);
    const registration = registerWithEureka({ ...rhythm, serverUrls: [`${url}/eureka`], service: 'sender' });
    t.after(() => registration.stop());
    await until('registered', async () => (await hashcode()) === 'UP_1_');
    await registration.drain();
    assert.equal(await hashcode(), 'OUT_OF_SERVICE_1_');
    await ask('DELETE', own);
    await until('again', async () => (await hashcode()) === 'OUT_OF_SERVICE_1_');
  });

  test('whose last life ended while it drained is in service again, but a person’s word stays', async (t) => {
    const { url, ask, get, hashcode } = await serve(t);
    const options = { ...rhythm, serverUrls: [`${url}/eureka`], service: 'sender' } as const;
    const earlier = registerWithEureka(options);
    await until('registered', async () => (await hashcode()) === 'UP_1_');
    await earlier.drain();
    // Its process ended here: nobody took the registration back.
    const instance = (await ask('GET', own)).json;
    await earlier.stop();
    await ask('POST', '/eureka/apps/SENDER', instance);
    assert.equal(await hashcode(), 'OUT_OF_SERVICE_1_');
    const next = registerWithEureka(options);
    await until('in service', async () => (await hashcode()) === 'UP_1_');
    await ask('PUT', `${own}/status?value=OUT_OF_SERVICE`);
    const another = registerWithEureka(options);
    t.after(() => Promise.all([next.stop(), another.stop()]));
    const dirty = async () => (await get<{ instance: typeof demo }>(own)).instance.lastDirtyTimestamp;
    const before = await dirty();
    await until('registered anew', async () => (await dirty()) !== before);
    assert.equal(await hashcode(), 'OUT_OF_SERVICE_1_');
  });

  test('registers again with a server that forgot it', async (t) => {
    const { url, ask, hashcode } = await serve(t);
    const registration = registerWithEureka({ ...rhythm, serverUrls: [`${url}/eureka`], service: 'sender' });
    t.after(() => registration.stop());
    await until('registered', async () => (await hashcode()) === 'UP_1_');
    await ask('DELETE', own);
    await until('registered again', async () => (await hashcode()) === 'UP_1_');
  });

  test('waits for a server that is away, and goes on when it is there', async (t) => {
    const first = await startServer();
    await first.stop();
    const registration = registerWithEureka({ ...rhythm, serverUrls: [`${first.url}/eureka`], service: 'sender' });
    t.after(() => registration.stop());
    await new Promise((resolve) => setTimeout(resolve, 60));
    const second = await startServer({}, first.port);
    t.after(() => second.stop());
    await until('registered', async () => (await second.hashcode()) === 'UP_1_');
  });

  test('takes the next server where the first is away, and signs in where that is asked', async (t) => {
    const { url, port, ask } = await serve(t, { EUREKA_SERVER_PASSWORD: 'p@ss' });
    const serverUrls = ['http://127.0.0.1:1/eureka', `http://eureka:p%40ss@127.0.0.1:${port}/eureka/v2`];
    const registration = registerWithEureka({ ...rhythm, serverUrls, service: 'sender' });
    const headers = { authorization: `Basic ${Buffer.from('eureka:p@ss').toString('base64')}` };
    const hashcode = async () => {
      const { json } = await ask('GET', '/eureka/apps', undefined, headers);
      return (json as Listed).applications.apps__hashcode;
    };
    await until('registered', async () => (await hashcode()) === 'UP_1_');
    await registration.stop();
    assert.equal(await hashcode(), '');
    assert.equal((await fetch(`${url}/eureka/apps`)).status, 401);
  });

  test('stops although its server never answers, and although no address is one', async (t) => {
    const mute = createServer(() => undefined);
    mute.listen(0, '127.0.0.1');
    await once(mute, 'listening');
    t.after(() => {
      mute.closeAllConnections();
      mute.close();
    });
    const { port } = mute.address() as AddressInfo;
    await registerWithEureka({ ...rhythm, serverUrls: [`http://127.0.0.1:${port}/eureka`], service: 'sender' }).stop();
    await registerWithEureka({ ...rhythm, serverUrls: ['nonsense'], service: 'sender' }).stop();
    await registerWithEureka({ ...rhythm, serverUrls: [], service: 'sender' }).stop();
  });

  test('stops at once where no server ever answered', async () => {
    const serverUrls = ['http://127.0.0.1:1/eureka'];
    await registerWithEureka({ ...rhythm, serverUrls, service: 'sender', retryMs: 60_000 }).stop();
  });
});

describe('a copy of the registry', () => {
  const often = { log, everyMs: 20, retryMs: 20 };

  test('is read in full, follows changes and gives out who is up', async (t) => {
    const { url, ask } = await serve(t);
    await ask('POST', '/eureka/apps/DEMO', { instance: demo });
    const watch = watchRegistry({ ...often, serverUrls: [`${url}/eureka`] });
    t.after(() => watch.stop());
    await watch.ready;
    assert.deepEqual(
      watch.instancesOf('demo').map(({ port }) => port.$),
      [8080],
    );
    await ask('POST', '/eureka/apps/DEMO', { instance: { ...demo, instanceId: 'second', vipAddress: 'x,y' } });
    await until('two', () => watch.instancesOf('DEMO').length === 2);
    assert.equal(watch.instancesOfVip('y')[0]?.instanceId, 'second');
    await ask('PUT', '/eureka/apps/DEMO/second/status?value=OUT_OF_SERVICE');
    await until('one', () => watch.instancesOf('DEMO').length === 1);
    assert.equal(watch.all().length, 2);
    await ask('DELETE', '/eureka/apps/DEMO/host:demo:8080');
    await until('none', () => watch.instancesOf('DEMO').length === 0);
  });

  test('of our own server hears of a change at once, however seldom it asks', async (t) => {
    const { url, ask } = await serve(t);
    const watch = watchRegistry({ log, everyMs: 3_600_000, serverUrls: [`${url}/eureka`] });
    t.after(() => watch.stop());
    await watch.ready;
    for (const instanceId of ['a', 'b', 'c']) {
      await ask('POST', '/eureka/apps/DEMO', { instance: { ...demo, instanceId } });
    }
    await until('three', () => watch.instancesOf('DEMO').length === 3);
  });

  test('is kept while every server is away, and read anew from whichever comes back', async (t) => {
    const first = await startServer();
    await first.ask('POST', '/eureka/apps/DEMO', { instance: demo });
    const serverUrls = ['http://127.0.0.1:1/eureka', `${first.url}/eureka`];
    const watch = watchRegistry({ ...often, serverUrls, holdMs: 0 });
    t.after(() => watch.stop());
    await watch.ready;
    await first.stop();
    await watch.refresh();
    assert.equal(watch.instancesOf('DEMO').length, 1);
    const second = await startServer({}, first.port);
    t.after(() => second.stop());
    await second.ask('POST', '/eureka/apps/OTHER', { instance: { ...demo, app: 'OTHER' } });
    await until('read anew', () => watch.instancesOf('OTHER').length === 1 && watch.instancesOf('DEMO').length === 0);
  });

  test('is not emptied by a server that was started anew, but by one that tells who left', async (t) => {
    const first = await startServer();
    for (const instanceId of ['a', 'b']) {
      await first.ask('POST', '/eureka/apps/DEMO', { instance: { ...demo, instanceId } });
    }
    const watch = watchRegistry({ ...often, serverUrls: [`${first.url}/eureka`] });
    t.after(() => watch.stop());
    await watch.ready;
    await first.stop();
    const second = await startServer({}, first.port);
    t.after(() => second.stop());
    await second.ask('POST', '/eureka/apps/OTHER', { instance: { ...demo, app: 'OTHER' } });
    await until('read anew', () => watch.instancesOf('OTHER').length === 1);
    assert.equal(watch.instancesOf('DEMO').length, 2);
    await second.ask('POST', '/eureka/apps/DEMO', { instance: { ...demo, instanceId: 'a' } });
    await second.ask('DELETE', '/eureka/apps/DEMO/a');
    await until('one left', () => watch.instancesOf('DEMO').length === 1);
    assert.equal(watch.instancesOf('DEMO')[0]?.instanceId, 'b');
  });

  test('of a server without changes is read in full each time', async (t) => {
    const { url, ask } = await serve(t, { EUREKA_SERVER_DISABLE_DELTA: 'true' });
    const watch = watchRegistry({ ...often, serverUrls: [`${url}/eureka`] });
    t.after(() => watch.stop());
    await watch.ready;
    await ask('POST', '/eureka/apps/DEMO', { instance: demo });
    await until('seen', () => watch.instancesOf('DEMO').length === 1);
  });

  test('of another region is given to those who ask for it', async (t) => {
    const far = await serve(t);
    await far.ask('POST', '/eureka/apps/FAR', { instance: { ...demo, app: 'FAR', vipAddress: 'x,demo' } });
    const near = await serve(t, {
      EUREKA_SERVER_REMOTE_REGION_URLS_WITH_NAME: `south=${far.url}/eureka`,
      EUREKA_SERVER_REMOTE_REGION_REGISTRY_FETCH_INTERVAL: '100ms',
    });
    const hashcode = async (path: string) => (await near.get<Listed>(path)).applications.apps__hashcode;
    await until('fetched', async () => (await hashcode('/eureka/apps?regions=south')) === 'UP_1_');
    assert.equal(await hashcode('/eureka/apps'), '');
    assert.equal(await hashcode('/eureka/apps?regions=north'), '');
    assert.equal(await hashcode('/eureka/vips/demo?regions=south'), 'UP_1_');
    assert.equal(await hashcode('/eureka/apps/delta?regions=south'), 'UP_1_');
    await assert.rejects(startServer({ EUREKA_SERVER_REMOTE_REGION_URLS_WITH_NAME: 'south' }), {
      code: 'SETTING_WRONG',
    });
  });
});
