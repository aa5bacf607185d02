// gateway: tests of the one-time link that makes the first administrator: told once, used once, and never more than is needed.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { echo, startService, type TestAnswer, type TestGateway, type TestService } from '../../gateway-test-kit.ts';
import { askJson, eventually, keyBench, shown, statusWith, stoppable, type KeyBench } from './keys.fixture.ts';
import { makeLink } from './welcome.ts';

let service: TestService;
let bench: KeyBench;

before(async () => {
  service = await startService((incoming, response) => void echo(incoming, response));
});
beforeEach(async () => {
  await bench?.end();
  bench = await keyBench(service.url);
});
after(async () => {
  await bench.end();
  await service.stop();
});

const production = { profile: 'production' } as const;

function startProduction(changes: Parameters<KeyBench['start']>[0] = {}, parts: Parameters<KeyBench['start']>[1] = {}) {
  return bench.start({ apiKeys: undefined, ...changes }, { ...production, ...parts });
}

/** The code of the last link that was told. */
function codeTold(): string {
  const code = /http:\/\/\S+\/welcome#([\w-]{43})$/.exec(bench.told.at(-1) ?? '')?.[1];
  assert.ok(code, bench.told.join('\n'));
  return code;
}

function useCode(gateway: TestGateway, code: string): Promise<TestAnswer> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return gateway.ask('POST', '/welcome', headers, new URLSearchParams({ code }).toString());
}

function keyIn({ text }: TestAnswer): string {
  const [key] = /stf_(?:live|test)_\w{12}_\w{38}/.exec(text) ?? [];
  assert.ok(key, text);
  return key;
}

describe('the first administrator’s link', () => {
  test('makes a production hub with no key at all usable: a form, a key shown once, and no second use', async () => {
    const gateway = await startProduction();
    assert.equal(bench.told.length, 1);
    const code = codeTold();
    const form = await gateway.ask('GET', '/welcome');
    assert.equal(form.status, 200);
    assert.match(form.text, /<form method="post" action="\/welcome">/);
    const answer = await useCode(gateway, code);
    assert.equal(answer.status, 201);
    const key = keyIn(answer);
    assert.equal(await statusWith(gateway, shown(key), '/gateway/api/keys'), 200);
    assert.equal(
      (await askJson(gateway, 'POST', '/gateway/api/keys', { name: 'x', role: 'SDI' }, shown(key))).status,
      201,
    );
    const again = await useCode(gateway, code);
    assert.equal(again.status, 403);
    assert.match(again.text, /admin-link/);
  });

  test('its pages are kept by nobody and run nothing but their own script', async () => {
    const gateway = await startProduction();
    for (const answer of [await gateway.ask('GET', '/welcome'), await useCode(gateway, codeTold())]) {
      assert.equal(answer.headers['cache-control'], 'no-store');
      assert.equal(answer.headers['referrer-policy'], 'no-referrer');
      const policy = String(answer.headers['content-security-policy']);
      assert.match(
        policy,
        /^default-src 'none'; style-src 'sha256-[^']+'; script-src 'sha256-[^']+'; form-action 'self'/,
      );
      assert.doesNotMatch(policy, /unsafe|https?:/);
    }
  });

  test('of two at once with the same code one gets the key', async () => {
    const gateways = [await startProduction(), await startProduction()];
    const code = codeTold();
    const answers = await Promise.all([...gateways, ...gateways].map((gateway) => useCode(gateway, code)));
    assert.deepEqual(
      answers.map(({ status }) => status).toSorted((a, b) => a - b),
      [201, 403, 403, 403],
    );
  });

  test('each gateway tells its own; the use of one makes the others void', async () => {
    const gateway = await startProduction();
    const first = codeTold();
    await startProduction();
    const second = codeTold();
    assert.notEqual(first, second);
    assert.equal((await useCode(gateway, first)).status, 201);
    assert.equal((await useCode(gateway, second)).status, 403);
    await startProduction();
    assert.equal(bench.told.length, 2, 'no third one');
  });

  test('is over after its time', async () => {
    const gateway = await startProduction({ adminLinkMs: 3_600_000 });
    const code = codeTold();
    gateway.clock.turn(3_600_000);
    assert.equal((await useCode(gateway, code)).status, 403);
  });

  test('a code that is wrong, empty, long or of another form gets no key', async () => {
    const gateway = await startProduction();
    const code = codeTold();
    for (const wrong of ['', 'x', code.slice(1), `${code}A`, code.toLowerCase(), "' OR 1=1 --", 'é'.repeat(200)]) {
      const answer = await useCode(gateway, wrong);
      assert.equal(answer.status, 403, wrong);
      assert.equal(answer.text.includes(wrong) && wrong.length > 1, false, 'it is not repeated');
    }
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    assert.equal((await gateway.ask('POST', '/welcome', headers, 'a'.repeat(5000))).status, 413);
    assert.equal((await gateway.ask('POST', '/welcome')).status, 403);
    assert.equal((await askJson(gateway, 'POST', '/welcome', { code }, {})).status, 400);
    assert.equal((await gateway.ask('POST', `/welcome?code=${code}`, headers, '')).status, 403);
    assert.equal((await useCode(gateway, code)).status, 201);
  });

  test('is not made where somebody may all by the settings, nor where an administrator’s key is kept', async () => {
    await startProduction({ apiKeys: 'ops:a-key-of-the-settings:ARUBA' });
    assert.equal(bench.told.length, 0);
    const gateway = await startProduction({ apiKeys: 'acme:a-key-of-a-customer:CUSTOMER:2' });
    assert.equal(bench.told.length, 1);
    keyIn(await useCode(gateway, codeTold()));
    await startProduction();
    assert.equal(bench.told.length, 1);
  });

  test('is told once the database answers, where it did not at the start', async () => {
    const database = stoppable(bench.world.store);
    database.setAway(true);
    const gateway = await startProduction({ keysPollMs: 50 }, { storeIfAny: database.store });
    assert.equal(bench.told.length, 0);
    assert.equal((await useCode(gateway, 'a-code')).status, 503);
    database.setAway(false);
    await eventually('it is told', () => bench.told.length === 1);
    assert.equal((await useCode(gateway, codeTold())).status, 201);
  });

  test('leaves no trace of its code in the database or in the log', async () => {
    const lines: unknown[] = [];
    const note = (...words: unknown[]) => void lines.push(words);
    const log = { info: note, warn: note, error: note, debug: note } as never;
    const gateway = await startProduction({}, { log });
    const code = codeTold();
    const key = keyIn(await useCode(gateway, code));
    const text = `SELECT l::text AS a FROM gateway.admin_link l UNION ALL SELECT a::text FROM gateway.audit a
      UNION ALL SELECT k::text FROM gateway.api_key k`;
    const { rows } = await bench.world.store.query({ text });
    const kept = JSON.stringify([rows, lines]);
    assert.ok(rows.length >= 4 && lines.length >= 2);
    assert.equal(kept.includes(code), false);
    assert.equal(kept.includes(key.slice(-38)), false);
    assert.equal(kept.includes(Buffer.from(code).toString('hex')), false);
  });
});

test('a link that somebody asked for on the machine counts though there is an administrator', async () => {
  const gateway = await startProduction();
  keyIn(await useCode(gateway, codeTold()));
  const wish = { kind: 'asked', by: 'root on this machine', now: gateway.clock.now(), validMs: 60_000 } as const;
  const link = await makeLink(bench.world.store, wish);
  assert.ok(link);
  const key = keyIn(await useCode(gateway, link.code));
  const { text } = await gateway.ask('GET', `/gateway/api/keys/${key.slice(9, 21)}`, shown(key));
  assert.equal((JSON.parse(text) as { createdBy: string }).createdBy, 'root on this machine');
});
