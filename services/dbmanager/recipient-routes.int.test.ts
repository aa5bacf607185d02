// dbmanager: whom a document is for is found by profile and by further addresses; who must not ask or put is refused.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { readSettings } from '@staffetta/platform/config/settings.ts';
import { callerHeader, signCaller, type Caller } from '@staffetta/platform/http/caller.ts';
import type { Running } from '@staffetta/platform/service.ts';
import { testWorld, type TestWorld } from '@staffetta/platform/test-world.ts';
import { settings } from './config.ts';
import { dbmanager } from './dbmanager.ts';

let world: TestWorld;
let running: Running;
before(async () => {
  world = await testWorld();
  running = await dbmanager.start(world, readSettings(settings, {}).values);
  await putProfile(1, { vatNumber: '03123450672', recipientCode: 'abc1234', pec: 'Uno@pec.example' });
  await putProfile(2, { vatNumber: 'DE123456789', address: { ...address, country: 'DE' } });
});
after(async () => {
  await running.stop();
  await world.end();
});

type Json = Record<string, unknown>;
const address = { street: 'Corso Esempio 3', postcode: '64100', city: 'Teramo', province: 'TE' };

async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const answer = await fetch(`http://127.0.0.1:${running.port}${path}`, {
    method,
    headers: body === undefined ? headers : { 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: (await answer.json()) as Json };
}

async function putProfile(customerId: number, changes: Json): Promise<void> {
  const profile = { name: 'Esempio S.r.l.', taxRegime: 'RF01', address, ...changes };
  const put = await call('PUT', `/api/customers/${customerId}/profile`, profile);
  assert.equal(put.status, 200, JSON.stringify(put.body));
}

const find = (query: Record<string, string>) => call('GET', `/api/recipients?${new URLSearchParams(query).toString()}`);
const customer3 = { name: 'tre', roles: ['CUSTOMER'], customerId: 3 } as const satisfies Caller;
const asCustomer3 = () => ({ [callerHeader]: signCaller(world.callerSecret, customer3, world.clock.now()) });

test('a customer is found by its profile, whatever the spelling', async () => {
  const one = { status: 200, body: { customerId: 1, matchedBy: 'vatNumber' } };
  assert.deepEqual(await find({ vatNumber: 'IT03123450672' }), one);
  assert.deepEqual(await find({ vatNumber: 'it03123450672', recipientCode: 'ZZZ9999' }), one);
  assert.equal((await find({ recipientCode: 'ABC1234' })).body['matchedBy'], 'recipientCode');
  assert.equal((await find({ pec: 'UNO@PEC.EXAMPLE' })).body['matchedBy'], 'pec');
});

test('with the customer comes where it is called back by default', async () => {
  const callback = 'http://127.0.0.1:1/in';
  const put = await call('PUT', '/api/customers/2/callback', { url: callback });
  assert.equal(put.status, 200, JSON.stringify(put.body));
  assert.equal((await find({ vatNumber: 'DE123456789' })).body['callback'], callback);
  await call('PUT', '/api/customers/2/callback', { url: null });
});

test('a foreign VAT number counts with its country alone', async () => {
  assert.deepEqual((await find({ vatNumber: 'DE123456789' })).body, { customerId: 2, matchedBy: 'vatNumber' });
  assert.equal((await find({ vatNumber: 'AT123456789' })).status, 404);
});

test('who has none of it is nobody, and nothing asked is nobody', async () => {
  assert.equal((await find({ vatNumber: 'IT07654321095', pec: 'x@pec.example' })).status, 404);
  assert.equal((await find({})).status, 404);
});

test('by a code or a PEC that many share nobody gets what names another firm', async () => {
  const shared = { recipientCode: 'ABC1234', pec: 'uno@pec.example' };
  assert.equal((await find({ ...shared, vatNumber: 'IT07654321095' })).status, 404);
  assert.equal((await find({ ...shared, vatNumber: 'IT07654321095', taxCode: '07654321095' })).status, 404);
  // Of a VAT group the document names the group's VAT number, and the firm by its tax code.
  const ofGroup = { ...shared, vatNumber: 'IT07654321095', taxCode: '03123450672' };
  assert.deepEqual((await find(ofGroup)).body, { customerId: 1, matchedBy: 'recipientCode' });
  assert.equal((await find({ ...shared, taxCode: '03123450672' })).body['matchedBy'], 'recipientCode');
});

test('a public body is found by the codes of its offices; two that share one are named', async () => {
  const put = await call('PUT', '/api/customers/3/recapito', {
    taxCodes: ['80012345678'],
    recipientCodes: ['ufabc1', 'UFABC2'],
    pecs: ['Ente@pec.example'],
  });
  assert.equal(put.status, 200, JSON.stringify(put.body));
  assert.deepEqual(put.body, {
    taxCodes: ['80012345678'],
    recipientCodes: ['UFABC1', 'UFABC2'],
    pecs: ['ente@pec.example'],
  });
  assert.deepEqual((await find({ taxCode: '80012345678' })).body, { customerId: 3, matchedBy: 'taxCode' });
  assert.deepEqual((await find({ recipientCode: 'UFABC2' })).body, { customerId: 3, matchedBy: 'recipientCode' });
  assert.equal((await find({ recipientCode: 'UFABC2', taxCode: '80012345678' })).body['customerId'], 3);
  assert.equal((await find({ recipientCode: 'UFABC2', taxCode: '80099999999' })).status, 404);
  await call('PUT', '/api/customers/1/recapito', { recipientCodes: ['UFABC2'] });
  const both = await find({ recipientCode: 'UFABC2' });
  assert.equal(both.status, 409);
  assert.match(String(both.body['errorMessage']), /customers 1, 3/);
});

test('a slip in a field’s name is refused, and takes no address away', async () => {
  const path = '/api/customers/2/recapito';
  await call('PUT', path, { recipientCodes: ['KEPT123'] });
  const put = await call('PUT', path, { recipientCode: ['OTHER12'] });
  assert.equal(put.status, 400, JSON.stringify(put.body));
  assert.match(String(put.body['errorMessage']), /recipientCode is no field/);
  assert.deepEqual((await call('GET', path)).body['recipientCodes'], ['KEPT123']);
  assert.equal((await call('PUT', '/api/customers/2/callback', { callback: 'http://127.0.0.1:1/in' })).status, 400);
});

test('a customer reads its own addresses, and takes nobody else’s', async () => {
  const path = '/api/customers/3/recapito';
  assert.equal((await call('GET', path, undefined, asCustomer3())).status, 200);
  assert.equal((await call('PUT', path, { recipientCodes: ['ABC1234'] }, asCustomer3())).status, 403);
  assert.equal((await call('GET', '/api/recipients?pec=a@b', undefined, asCustomer3())).status, 403);
});
