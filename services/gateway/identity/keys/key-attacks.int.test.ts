// gateway: attacks on kept keys, and slips with them: each is refused, says why where that helps nobody else, and reaches no service.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { arubaKey, echo, sendRaw, startService, type TestGateway, type TestService } from '../../gateway-test-kit.ts';
import { makeKey } from './key-form.ts';
import {
  askJson,
  eventually,
  keyBench,
  madeKey,
  sentenceOf,
  shown,
  statusWith,
  type KeyBench,
} from './keys.fixture.ts';

let service: TestService;
let bench: KeyBench;
let gateway: TestGateway;

before(async () => {
  service = await startService((incoming, response) => void echo(incoming, response));
  bench = await keyBench(service.url);
  gateway = await bench.start();
});

after(async () => {
  await bench.end();
  await service.stop();
});

/** Insists that a request is refused, that it says why, and that no service saw it. */
async function refused(headers: Record<string, string>, words: RegExp, path = '/dbmanager/x', status = 401) {
  const reached = service.seen.length;
  const answer = await gateway.ask('GET', path, headers);
  assert.equal(answer.status, status, answer.text);
  assert.match(sentenceOf(answer), words);
  assert.equal(service.seen.length, reached, 'no service saw it');
  return answer;
}

describe('a key that does not count', () => {
  test('in the wrong letter case, cut, mistyped, with blanks: told apart without asking the database', async () => {
    const { key } = await madeKey(gateway);
    const last = key.at(-1) === 'x' ? 'y' : 'x';
    for (const text of [
      key.toLowerCase(),
      key.toUpperCase(),
      key.slice(0, -1),
      key.slice(0, 20),
      key.slice(0, -1) + last,
    ]) {
      await refused(shown(text), /does not fit its own check sum/);
      await refused({ authorization: `Bearer ${text}` }, /does not fit its own check sum/);
    }
    await refused(shown(`${key}${key}`), /check sum/);
    await refused(shown(`${key} ${key}`), /check sum/);
    await refused(shown(key.replace('stf_', 'stf-')), /none of ours/);
    await refused(shown(''), /none of ours/);
  });

  test('blanks that HTTP itself drops around a value change nothing (RFC 9110 §5.5)', async () => {
    const { key } = await madeKey(gateway);
    assert.match(await sendRaw(gateway.port, `GET /dbmanager/x HTTP/1.1\r\nx-api-key:   ${key}\t `), /^HTTP\/1.1 200 /);
    assert.match(
      await sendRaw(gateway.port, `GET /dbmanager/x HTTP/1.1\r\nx-api-key: \u00a0${key}`),
      /^HTTP\/1.1 4\d\d /,
    );
  });

  test('expired', async () => {
    const expiresAt = new Date(gateway.clock.now().getTime() + 60_000).toISOString();
    const { key, keyId } = await madeKey(gateway, { expiresAt });
    assert.equal(await statusWith(gateway, shown(key)), 200);
    gateway.clock.turn(60_000);
    await refused(shown(key), /ended at/);
    assert.equal((await askJson(gateway, 'POST', `/gateway/api/keys/${keyId}/rotate`, {})).status, 409);
    gateway.clock.turn(-60_000);
  });

  test('a right id with another secret: not even its state is told', async () => {
    const made = await madeKey(gateway);
    await askJson(gateway, 'POST', `/gateway/api/keys/${made.keyId}/revoke`, {});
    const stranger = makeKey('test');
    const { rows } = await bench.world.store.query({
      text: 'UPDATE gateway.api_key SET key_id = $2, changed_at = clock_timestamp() WHERE key_id = $1 RETURNING key_id',
      values: [made.keyId, stranger.keyId],
    });
    assert.equal(rows.length, 1);
    await refused(shown(stranger.key), /none of ours/);
  });

  test('made up in the right form: looked up once, then remembered as none', async () => {
    const { key } = makeKey('test');
    await refused(shown(key), /none of ours/);
    await refused(shown(key), /none of ours/);
  });

  test('of another hub, with another pepper: its row copied here counts no more than a made-up one', async () => {
    const hub = await keyBench(service.url);
    try {
      const elsewhere = await hub.start({ keyPepper: 'another pepper of another hub that is long enough' });
      const foreign = await madeKey(elsewhere);
      assert.equal(await statusWith(elsewhere, shown(foreign.key)), 200);
      await refused(shown(foreign.key), /none of ours/);
      const { rows } = await hub.world.store.query<{ digest: Buffer }>({ text: 'SELECT digest FROM gateway.api_key' });
      const mine = await madeKey(gateway);
      const copied = `INSERT INTO gateway.api_key (key_id, digest, pepper_id, name, role, created_at, created_by)
        SELECT $1, $2, pepper_id, 'copied', 'ARUBA', now(), 'thief' FROM gateway.api_key WHERE key_id = $3`;
      const values = [foreign.keyId, rows[0]?.digest, mine.keyId];
      await bench.world.store.query({ text: copied, values });
      const fresh = await bench.start();
      assert.equal(await statusWith(fresh, shown(foreign.key)), 401);
    } finally {
      await hub.end();
    }
  });
});

describe('a key in the wrong place', () => {
  test('in the address: refused with a hint, also beside a good header', async () => {
    const { key } = await madeKey(gateway);
    await refused({}, /never goes into the address/, `/dbmanager/x?api_key=${key}`);
    await refused({}, /never goes into the address/, '/dbmanager/x?X-API-KEY=aruba-secret-token');
    await refused({}, /never goes into the address/, '/dbmanager/x?a=1&access_token=abc');
    await refused(arubaKey, /never goes into the address/, `/dbmanager/x?note=${key}`);
    const { text } = await gateway.ask('GET', `/dbmanager/x?api_key=${key}`);
    assert.equal(text.includes(key), false, 'the refusal does not repeat it');
  });

  test('in two headers: what was meant nobody knows', async () => {
    const [a, b] = [await madeKey(gateway), await madeKey(gateway)];
    await refused({ ...shown(a.key), authorization: `Bearer ${b.key}` }, /more than one API key/);
    await refused({ ...arubaKey, authorization: `Bearer ${b.key}` }, /more than one API key/);
    const reached = service.seen.length;
    for (const lines of [
      `x-api-key: ${a.key}\r\nx-api-key: ${b.key}`,
      `x-api-key: ${a.key}\r\nX-API-Key: ${a.key}`,
      `x-api-key: aruba-secret-token\r\nx-api-key: wrong`,
      `authorization: Bearer ${a.key}\r\nauthorization: Bearer ${b.key}`,
    ]) {
      const answer = await sendRaw(gateway.port, `GET /dbmanager/x HTTP/1.1\r\n${lines}`);
      assert.match(answer, /^HTTP\/1.1 4\d\d /, lines);
    }
    assert.equal(service.seen.length, reached);
  });
});

describe('a key in plain http from another machine', () => {
  const forwarded = (address: string) => ({ 'x-forwarded-for': address, 'x-forwarded-proto': 'http' });
  const proxied = { trustedProxies: ['127.0.0.0/8'], apiKeys: 'ops:a-key-of-the-settings:ARUBA' };

  async function statuses(rule: 'allow' | 'warn' | 'refuse-public' | 'refuse' | 'revoke' | undefined) {
    const production = await bench.start({ ...proxied, keysOverHttp: rule }, { profile: 'production' });
    const by = { 'x-api-key': 'a-key-of-the-settings' };
    const made = await askJson(production, 'POST', '/gateway/api/keys', { name: 'x', role: 'ARUBA' }, by);
    const { key } = JSON.parse(made.text) as { key: string };
    assert.match(key, /^stf_live_/);
    const status = (extra: object) => statusWith(production, { ...shown(key), ...extra });
    const seen = [
      await status({}),
      await status({ ...forwarded('198.51.100.7'), 'x-forwarded-proto': 'https' }),
      await status(forwarded('10.1.2.3')),
      await status(forwarded('198.51.100.7')),
    ];
    return { seen, production, key };
  }

  test('production refuses it from public addresses by default, and the setting says otherwise', async () => {
    assert.deepEqual((await statuses(undefined)).seen, [200, 200, 200, 401]);
    assert.deepEqual((await statuses('warn')).seen, [200, 200, 200, 200]);
    assert.deepEqual((await statuses('refuse')).seen, [200, 200, 401, 401]);
  });

  test('or revokes it', async () => {
    const { seen, production, key } = await statuses('revoke');
    assert.deepEqual(seen.slice(0, 2), [200, 200]);
    await eventually('it is revoked', async () => (await statusWith(production, shown(key))) === 401);
    assert.match(sentenceOf(await production.ask('GET', '/dbmanager/x', shown(key))), /was revoked/);
  });
});

test('a key made in profile dev counts in no production', async () => {
  const { key } = await madeKey(gateway);
  const production = await bench.start({ apiKeys: undefined }, { profile: 'production' });
  const answer = await production.ask('GET', '/dbmanager/x', shown(key));
  assert.equal(answer.status, 401);
  assert.match(sentenceOf(answer), /production takes none/);
});
