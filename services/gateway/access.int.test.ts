// gateway: every row of the table of routes, tried with each role, with none, and with credentials that lack or have its scope alone.
import type { Role } from '@staffetta/platform/http/caller.ts';
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  arubaKey,
  customerKey,
  echo,
  startGateway,
  startService,
  type TestGateway,
  type TestService,
} from './gateway-test-kit.ts';
import { keyBench, madeKey, shown, type KeyBench } from './identity/keys/keys.fixture.ts';
import { findRoute, routeTable, scopes, type RouteRow, type Scope } from './route-table.ts';

const roles = ['SDI', 'ARUBA', 'CUSTOMER'] as const;

let service: TestService;
let bench: KeyBench;
let gateway: TestGateway;
const keys = new Map<string, string>();

function nameOf(role: Role, held: readonly Scope[] | undefined): string {
  return `${role} ${held?.join(' ') ?? 'all'}`;
}

async function keyWith(role: Role, held: readonly Scope[] | undefined): Promise<string> {
  const name = nameOf(role, held);
  const known = keys.get(name);
  if (known !== undefined) return known;
  const customer = role === 'CUSTOMER' ? { customerId: 2 } : {};
  const { key } = await madeKey(gateway, { name, role, ...customer, ...(held && { scopes: held }) });
  keys.set(name, key);
  return key;
}

before(async () => {
  service = await startService((incoming, response) => void echo(incoming, response));
  bench = await keyBench(service.url);
  gateway = await bench.start({ signInLimitPerSecond: 0, expensiveLimitPerSecond: 0 });
});

after(async () => {
  await bench.end();
  await service.stop();
});

/** A request that meets the row and no other. */
function requestFor(row: RouteRow): { readonly method: string; readonly path: string } {
  const stem = row.path.replace(/\/\*\*$/, '').replaceAll('*', '7');
  const methods = row.method === '*' ? ['GET', 'POST', 'DELETE'] : [row.method];
  for (const method of methods) {
    for (const path of row.path.endsWith('/**') ? [stem, `${stem}/x`] : [stem]) {
      if (findRoute(method, path) === row) return { method, path };
    }
  }
  throw new Error(`nothing meets ${row.method} ${row.path}`);
}

function mayByRole({ who }: RouteRow, role: Role): boolean {
  return typeof who === 'string' || who.includes(role);
}

async function isLetIn(row: RouteRow, headers: Record<string, string>): Promise<boolean> {
  const { method, path } = requestFor(row);
  const reached = service.seen.length;
  const { status, text } = await gateway.ask(method, path, headers);
  const wasRefused = status === 401 || (status === 403 && /roles and scopes of this credential/.test(text));
  assert.notEqual(status, 500, `${method} ${path}`);
  if (wasRefused) assert.equal(service.seen.length, reached, 'what is refused reaches no service');
  return !wasRefused;
}

describe('every row of the table', () => {
  for (const row of routeTable) {
    test(`${row.method} ${row.path}`, async () => {
      assert.equal(await isLetIn(row, {}), row.who === 'everybody', 'nobody');
      for (const role of roles) {
        const may = mayByRole(row, role);
        assert.equal(await isLetIn(row, shown(await keyWith(role, undefined))), may, role);
        if (row.scope === undefined) continue;
        const others = scopes.filter((scope) => scope !== row.scope);
        assert.equal(
          await isLetIn(row, shown(await keyWith(role, [row.scope]))),
          may,
          `${role} with ${row.scope} alone`,
        );
        assert.equal(await isLetIn(row, shown(await keyWith(role, others))), false, `${role} without ${row.scope}`);
      }
    });
  }
});

test('the table is a page for whoever is signed in', async () => {
  const { status, text, headers } = await gateway.ask('GET', '/gateway/access', shown(await keyWith('SDI', undefined)));
  assert.equal(status, 200);
  assert.match(String(headers['content-type']), /text\/html/);
  assert.match(String(headers['content-security-policy']), /^default-src 'none'; style-src 'sha256-/);
  assert.match(text, /<code>\/receiver\/api\/notificaSdI<\/code>/);
  assert.equal((await gateway.ask('GET', '/gateway/access')).status, 401);
});

test('a firm’s own routes stand in the table too; where its machines are is told to its own people only', async () => {
  const routes = '- { id: shop, path: /shop/**, to: "http://10.9.8.7:8080", who: signedIn }';
  const own = await startGateway(service.url, { routes });
  const page = await own.ask('GET', '/gateway/access', customerKey);
  const [toAll, toOurs] = [await own.ask('GET', '/', customerKey), await own.ask('GET', '/', arubaKey)];
  await own.stop();
  assert.match(page.text, /<code>\/shop\/\*\*<\/code><\/td><td>a service of your own<\/td><td>whoever is signed in/);
  assert.match(toAll.text, /"id":"shop"/);
  assert.doesNotMatch(toAll.text + page.text, /10\.9\.8\.7/);
  assert.match(toOurs.text, /10\.9\.8\.7/);
});
