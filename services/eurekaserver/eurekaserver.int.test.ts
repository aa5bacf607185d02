// eurekaserver: over HTTP it answers as Eureka does, in JSON and in XML.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { request as rawRequest } from 'node:http';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { demo, request, serve, type Listed } from './eureka-test-kit.ts';

const place = '/eureka/apps/DEMO/host:demo:8080';

describe('Eureka’s REST', () => {
  test('a service registers, renews, is found and leaves, under both bases', async (t) => {
    const { ask, get } = await serve(t);
    for (const base of ['/eureka', '/eureka/v2']) {
      const own = `${base}/apps/demo/host%3Ademo%3A8080`;
      const empty = await ask('PUT', own);
      assert.equal(empty.status, 404);
      assert.deepEqual(Object.keys(empty.json as object), ['timestamp', 'status', 'error', 'path']);
      assert.equal((await ask('POST', `${base}/apps/demo`, { instance: demo })).status, 204);
      const beat = await ask('PUT', `${own}?status=UP&lastDirtyTimestamp=1700000000000`);
      assert.deepEqual([beat.status, beat.text, beat.headers['content-length']], [200, '', '0']);
      assert.equal((await get<Listed>(`${base}/apps/`)).applications.apps__hashcode, 'UP_1_');
      assert.equal((await get<Listed>(`${base}/apps/delta`)).applications.application[0]?.name, 'DEMO');
      assert.equal((await get<{ application: { name: string } }>(`${base}/apps/Demo`)).application.name, 'DEMO');
      for (const path of [own, `${base}/instances/host:demo:8080`]) {
        assert.equal((await get<{ instance: typeof demo }>(path)).instance.instanceId, 'host:demo:8080');
      }
      assert.equal((await ask('DELETE', own)).status, 200);
      assert.equal((await ask('DELETE', own)).status, 404);
      assert.equal((await ask('GET', `${base}/apps/demo`)).status, 404);
    }
  });

  test('an instance is shown in the protocol’s shape', async (t) => {
    const { ask, get } = await serve(t);
    await ask('POST', '/eureka/apps/DEMO', { instance: demo });
    const [shown] = (await get<Listed>('/eureka/apps')).applications.application[0]!.instance;
    const { leaseInfo, lastUpdatedTimestamp, actionType, ...rest } = shown!;
    const { leaseInfo: _, lastUpdatedTimestamp: __, ...sent } = demo;
    assert.deepEqual(rest, sent);
    assert.equal(actionType, 'ADDED');
    assert.equal(typeof lastUpdatedTimestamp, 'string');
    const lease = leaseInfo as Record<string, number>;
    assert.equal(lease['durationInSecs'], 90);
    assert.ok(lease['registrationTimestamp']! > 0);
    assert.equal(lease['evictionTimestamp'], 0);
  });

  test('what is missing is named in plain text', async (t) => {
    const { ask } = await serve(t);
    for (const [changes, words] of [
      [{ instanceId: '', hostName: '' }, 'Missing instanceId'],
      [{ hostName: undefined }, 'Missing hostname'],
      [{ ipAddr: undefined }, 'Missing ip address'],
      [{ app: undefined }, 'Missing appName'],
      [{ app: 'other' }, 'Mismatched appName, expecting DEMO but was other'],
      [{ dataCenterInfo: undefined }, 'Missing dataCenterInfo'],
      [{ dataCenterInfo: {} }, 'Missing dataCenterInfo Name'],
    ] as const) {
      const { status, text, headers } = await ask('POST', '/eureka/apps/demo', { instance: { ...demo, ...changes } });
      assert.deepEqual([status, text], [400, words]);
      assert.match(String(headers['content-type']), /^text\/plain/);
    }
    for (const body of [{ instance: 5 }, '{"instance":', '<instance><hostName>', '[]']) {
      const { status, text } = await ask('POST', '/eureka/apps/demo', body);
      assert.equal(status, 400);
      assert.match(text, /\{"instance":/);
    }
  });

  test('a status that was set holds through heartbeats and registrations until it is taken off', async (t) => {
    const { ask, get, hashcode } = await serve(t);
    const status = async () => {
      const { instance } = await get<{ instance: typeof demo }>(place);
      return `${instance.status} ${instance.overriddenStatus}`;
    };
    await ask('POST', '/eureka/apps/DEMO', { instance: demo });
    assert.equal((await ask('PUT', `${place}/status?value=OUT_OF_SERVICE`)).status, 200);
    assert.equal(await status(), 'OUT_OF_SERVICE OUT_OF_SERVICE');
    await ask('PUT', `${place}?status=UP`);
    await ask('POST', '/eureka/apps/DEMO', { instance: demo });
    assert.equal(await hashcode(), 'OUT_OF_SERVICE_1_');
    const overrides = await get('/eureka/serverinfo/statusoverrides');
    assert.deepEqual(overrides, { 'DEMO/host:demo:8080': 'OUT_OF_SERVICE' });
    assert.equal((await ask('DELETE', `${place}/status?value=UP`)).status, 200);
    assert.equal(await status(), 'UP UNKNOWN');
    assert.equal((await ask('PUT', `${place}/status?value=SIDEWAYS`)).status, 500);
    assert.equal((await ask('PUT', '/eureka/apps/DEMO/other/status?value=UP')).status, 404);
    assert.equal((await ask('DELETE', '/eureka/apps/DEMO/other/status')).status, 404);
  });

  test('without a value the instance is asked to register again', async (t) => {
    const { ask, hashcode } = await serve(t);
    await ask('POST', '/eureka/apps/DEMO', { instance: demo });
    await ask('PUT', `${place}/status?value=DOWN`);
    await ask('DELETE', `${place}/status`);
    assert.equal(await hashcode(), 'UNKNOWN_1_');
    assert.equal((await ask('PUT', place)).status, 404);
    await ask('POST', '/eureka/apps/DEMO', { instance: demo });
    assert.equal(await hashcode(), 'UP_1_');
  });

  test('metadata is added to', async (t) => {
    const { ask, get } = await serve(t);
    await ask('POST', '/eureka/apps/DEMO', { instance: { ...demo, metadata: {} } });
    assert.equal((await ask('PUT', `${place}/metadata?zone=a&colour=dark%20blue`)).status, 200);
    const { instance } = await get<{ instance: typeof demo }>(place);
    assert.deepEqual(instance.metadata, { zone: 'a', colour: 'dark blue' });
    assert.equal((await ask('PUT', '/eureka/apps/DEMO/other/metadata?k=v')).status, 404);
  });

  test('vip addresses are found by any entry, and none is an empty answer', async (t) => {
    const { ask, get } = await serve(t);
    await ask('POST', '/eureka/apps/DEMO', { instance: { ...demo, vipAddress: 'one,two' } });
    for (const [path, hashcode] of [
      ['/eureka/vips/one', 'UP_1_'],
      ['/eureka/v2/vips/two', 'UP_1_'],
      ['/eureka/svips/demo', 'UP_1_'],
      ['/eureka/vips/ONE', ''],
      ['/eureka/svips/one', ''],
    ] as const) {
      const { applications } = await get<Listed>(path);
      assert.deepEqual([path, applications.versions__delta, applications.apps__hashcode], [path, '-1', hashcode]);
    }
    const nobody = await get('/eureka/vips/nobody');
    assert.deepEqual(nobody, { applications: { versions__delta: '-1', apps__hashcode: '', application: [] } });
  });

  test('a registration is seen at once, and changes may be switched off', async (t) => {
    const fresh = await serve(t, { EUREKA_SERVER_DISABLE_DELTA: 'true' });
    assert.equal(await fresh.hashcode(), '');
    await fresh.ask('POST', '/eureka/apps/DEMO', { instance: demo });
    assert.equal(await fresh.hashcode(), 'UP_1_');
    assert.equal((await fresh.ask('GET', '/eureka/apps/delta')).status, 403);
  });

  test('who left and who came of one application stand in two entries of the changes', async (t) => {
    const { ask, get } = await serve(t);
    const next = { ...demo, instanceId: 'host:demo:8081' };
    await ask('POST', '/eureka/apps/DEMO', { instance: demo });
    await ask('DELETE', place);
    await ask('POST', '/eureka/apps/DEMO', { instance: next });
    const { applications } = await get<Listed>('/eureka/apps/delta');
    const entries = applications.application.map(({ name, instance }) =>
      [name, ...instance.map((one) => `${String(one['instanceId'])} ${String(one['actionType'])}`)].join(': '),
    );
    assert.deepEqual(entries, ['DEMO: host:demo:8080 DELETED', 'DEMO: host:demo:8081 ADDED']);
    // As the original's client does it: an application that it does not know is taken with everything in its entry.
    const known = new Map([['DEMO', new Set(['host:demo:8080'])]]);
    for (const { name, instance } of applications.application) {
      for (const { instanceId, actionType } of instance) {
        if (actionType !== 'DELETED' && !known.has(name)) {
          known.set(name, new Set(instance.map((one) => String(one['instanceId']))));
        } else if (actionType !== 'DELETED') known.get(name)?.add(String(instanceId));
        else if (known.get(name)?.delete(String(instanceId)) && known.get(name)?.size === 0) known.delete(name);
      }
    }
    assert.deepEqual([...(known.get('DEMO') ?? [])], ['host:demo:8081']);
    assert.equal(applications.apps__hashcode, 'UP_1_');
  });

  test('a cache as the original’s answers old until its time is over', async (t) => {
    const { ask, hashcode, clock } = await serve(t, { EUREKA_SERVER_RESPONSE_CACHE_UPDATE_INTERVAL_MS: '30s' });
    assert.equal(await hashcode(), '');
    await ask('POST', '/eureka/apps/DEMO', { instance: demo });
    assert.equal(await hashcode(), '');
    clock.turn(30_000);
    assert.equal(await hashcode(), 'UP_1_');
  });

  test('who falls silent is taken off, and is told as DELETED', async (t) => {
    const { ask, hashcode, clock, get } = await serve(t, { EUREKA_SERVER_EVICTION_INTERVAL_TIMER_IN_MS: '100' });
    await ask('POST', '/eureka/apps/DEMO', { instance: demo });
    // In steps: a server that itself stood still for long does not blame its clients.
    while ((await hashcode()) !== '') {
      clock.turn(10_000);
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
    const gone = (await get<Listed>('/eureka/apps/delta')).applications.application[0]!.instance[0]!;
    assert.equal(gone['actionType'], 'DELETED');
    assert.ok((gone['leaseInfo'] as Record<string, number>)['evictionTimestamp']! > 0);
  });
});

describe('what clients of other kinds want', () => {
  test('a heartbeat may carry a content type and no body', async (t) => {
    const { ask } = await serve(t);
    await ask('POST', '/eureka/apps/demo', { instance: demo });
    const beat = await ask('PUT', place, '', { 'content-type': 'application/json' });
    assert.equal(beat.status, 200);
  });

  test('XML is answered unless JSON is named, and is taken', async (t) => {
    const { url, ask } = await serve(t);
    const body = `<?xml version="1.0"?><instance><instanceId>x</instanceId><hostName>h</hostName><app>DEMO</app>
<ipAddr>10.0.0.9</ipAddr><status>STARTING</status><port enabled="true">81</port>
<dataCenterInfo class="com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo"><name>MyOwn</name></dataCenterInfo>
<metadata><a__b>c &amp; d</a__b></metadata></instance>`;
    const headers = { 'content-type': 'application/xml' };
    assert.equal((await request(`${url}/eureka/apps/demo`, { method: 'POST', headers, body })).status, 204);
    const { instance } = (await ask('GET', '/eureka/apps/demo/x')).json as { instance: typeof demo };
    assert.deepEqual([instance.port.$, instance.metadata], [81, { a_b: 'c & d' }]);
    const all = await request(`${url}/eureka/apps`);
    assert.match(String(all.headers['content-type']), /^application\/xml/);
    const start = '<applications><versions__delta>2</versions__delta><apps__hashcode>STARTING_1_</apps__hashcode>';
    assert.ok(all.text.startsWith(`${start}<application><name>DEMO</name><instance><instanceId>x</instanceId>`));
    // Eureka 1 knew no STARTING: one instance, in XML, below a path without v2.
    assert.match((await request(`${url}/eureka/apps/demo/x`)).text, /<status>DOWN<\/status>/);
    assert.match((await request(`${url}/eureka/v2/apps/demo/x`)).text, /<status>STARTING<\/status>/);
  });

  test('a compact answer leaves out what only people look at', async (t) => {
    const { ask } = await serve(t);
    await ask('POST', '/eureka/apps/DEMO', { instance: demo });
    const { json } = await ask('GET', '/eureka/apps', undefined, { 'x-eureka-accept': 'compact' });
    const [shown] = (json as Listed).applications.application[0]!.instance;
    const { instanceId, app, ipAddr, vipAddress, secureVipAddress, dataCenterInfo, hostName, port, securePort } = demo;
    const { lastUpdatedTimestamp: _, ...rest } = shown!;
    const kept = { instanceId, app, ipAddr, vipAddress, secureVipAddress, dataCenterInfo, hostName, port, securePort };
    assert.deepEqual(rest, { ...kept, status: 'UP', actionType: 'ADDED' });
  });

  test('a long answer is zipped for who reads that', async (t) => {
    const { ask, url } = await serve(t);
    await ask('POST', '/eureka/apps/DEMO', { instance: demo });
    const call = rawRequest(`${url}/eureka/apps`, {
      headers: { accept: 'application/json', 'accept-encoding': 'gzip' },
    });
    call.end();
    const [answer] = (await once(call, 'response')) as [IncomingMessage];
    assert.equal(answer.headers['content-encoding'], 'gzip');
    const bytes = Buffer.concat(await answer.toArray());
    assert.equal((JSON.parse(gunzipSync(bytes).toString()) as Listed).applications.apps__hashcode, 'UP_1_');
  });

  test('where a password is set nobody comes in without it, but health is told', async (t) => {
    const { url } = await serve(t, { EUREKA_SERVER_USER: 'java', EUREKA_SERVER_PASSWORD: 'pässword' });
    const basic = (login: string) => ({ authorization: `Basic ${Buffer.from(login).toString('base64')}` });
    for (const [path, headers, status] of [
      ['/eureka/apps', {}, 401],
      ['/eureka/apps', basic('java:wrong'), 401],
      ['/eureka/apps', basic('java:pässword'), 200],
      ['/', {}, 401],
      ['/swagger-ui/', {}, 401],
      ['/actuator/prometheus', {}, 401],
      ['/actuator/health/readiness', {}, 200],
    ] as const) {
      const answer = await request(url + path, { headers });
      assert.deepEqual([path, answer.status], [path, status]);
      if (status === 401) assert.match(String(answer.headers['www-authenticate']), /^Basic realm=/);
    }
  });
});

describe('what people see', () => {
  test('the pages list instances and let no name become markup', async (t) => {
    const { ask } = await serve(t);
    assert.match((await ask('GET', '/')).text, /Nobody has registered yet/);
    const nasty = { ...demo, instanceId: '<script>alert(1)</script>', statusPageUrl: 'javascript:alert(1)' };
    await ask('POST', '/eureka/apps/demo', { instance: nasty });
    await ask('POST', '/eureka/apps/demo', { instance: { ...demo, metadata: { zone: '"><img src=x>' } } });
    for (const path of ['/', '/lastn']) {
      const { text, headers } = await ask('GET', path);
      assert.match(String(headers['content-type']), /^text\/html/);
      for (const words of ['<script', '<img', 'href="javascript:']) assert.equal(text.includes(words), false, words);
    }
    assert.match((await ask('GET', '/')).text, /<a href="http:\/\/host:8080\/actuator\/info"/);
  });

  test('the figures are measured', async (t) => {
    const { ask } = await serve(t);
    await ask('POST', '/eureka/apps/DEMO', { instance: demo });
    await ask('PUT', place);
    const { text } = await ask('GET', '/actuator/prometheus');
    assert.match(text, /eureka_instances\{[^}]*status="UP"[^}]*\} 1/);
    assert.match(text, /eureka_renews_last_minute\{[^}]*\} 1/);
    assert.match(text, /eureka_self_preservation_active\{[^}]*\} 0/);
  });
});
