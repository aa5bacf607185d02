// hub: a customer never reaches another's data by any endpoint: every route that the services tell of, asked in every way.
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { operationsOf, type Operation } from './api-operations.fixture.ts';
import { attempts, marksOf, plainAttempt, saidIn, type Attempt } from './attack.fixture.ts';
import { makeCustomer, mark, rowsOf, type Customer } from './two-customers.fixture.ts';
import { startWholeHub, type Got, type WholeHub } from './whole-hub.fixture.ts';

/** Ways of asking for each route; what is found once stays found by its seed. */
const runs = Number(process.env['STAFFETTA_REACH_RUNS'] ?? 15);

let hub: WholeHub;
let thief: Customer;
let owner: Customer;
let operations: Operation[];

before(async () => {
  const none = { GATEWAY_EXPENSIVE_LIMIT_PER_SECOND: '0', GATEWAY_SIGN_IN_LIMIT_PER_SECOND: '0' };
  hub = await startWholeHub(none);
  thief = await makeCustomer(hub, { customerId: 2, word: 'alfasign', vat: '01234567897', sdiId: '12345678' });
  owner = await makeCustomer(hub, { customerId: 3, word: mark, vat: '03123450672', sdiId: '98765432' });
  operations = await operationsOf(hub);
});

after(async () => {
  // Where the start failed there is none.
  await (hub as WholeHub | undefined)?.end();
});

function nameOf({ method, path }: Pick<Operation, 'method' | 'path'>): string {
  return `${method} ${path}`;
}

/** What the thief said itself is given back by many an error. */
function foundIn(got: Got, attempt: Attempt): string | undefined {
  const said = saidIn(got).toLowerCase();
  const sent = `${decodeURIComponentSafely(attempt.path)} ${attempt.path} ${attempt.body ?? ''} ${JSON.stringify(attempt.headers)}`;
  return marksOf(owner).find(
    (one) => said.includes(one.toLowerCase()) && !sent.toLowerCase().includes(one.toLowerCase()),
  );
}

function decodeURIComponentSafely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

async function attack(attempt: Attempt): Promise<Got> {
  const got = await hub.ask(attempt);
  const shown = `${nameOf(attempt)} ${attempt.body ?? ''}: ${got.status} ${got.bytes.toString().slice(0, 300)}`;
  assert.equal(foundIn(got, attempt), undefined, shown);
  assert.ok(got.status < 500 || got.status === 503, shown);
  if (attempt.namesOther) assert.ok(got.status >= 300, `it was let in: ${shown}`);
  return got;
}

const schemas = ['dbmanager', 'receiver', 'sender', 'mailbox', 'scheduler', 'gateway'];

/** All rows that are the owner's or speak of it, in every table of every service. */
async function rowsOfOwner(): Promise<string[]> {
  const text = `SELECT table_schema || '.' || quote_ident(table_name) AS name FROM information_schema.tables
    WHERE table_schema = ANY ($1) AND table_type = 'BASE TABLE' ORDER BY 1`;
  const tables = await rowsOf(hub, text, [schemas]);
  const marks = [...marksOf(owner), Buffer.from(mark).toString('hex')];
  const lines: string[] = [];
  for (const { name } of tables) {
    const rows = await rowsOf(hub, `SELECT to_jsonb(t) AS row FROM ${String(name)} t`);
    for (const { row } of rows as { row: Record<string, unknown> }[]) {
      // When a key was used last is no part of what a customer has.
      const { last_used_at: _at, last_used_from: _from, ...rest } = row;
      const line = JSON.stringify(rest);
      const isOwners = rest['customer_id'] === owner.customerId || rest['claimed_customer_id'] === owner.customerId;
      if (isOwners || marks.some((one) => line.includes(one))) lines.push(`${String(name)} ${line}`);
    }
  }
  return lines.toSorted();
}

describe('a customer never reaches another’s data by any endpoint', () => {
  test('each route that the services tell of is tried in the plain way and in many others, and nothing of the other is told', async (t) => {
    const before = await rowsOfOwner();
    assert.ok(before.length > 40, 'the owner has much to lose');
    assert.ok(operations.length > 80, operations.map(nameOf).join('\n'));
    for (const operation of operations) {
      await t.test(nameOf(operation), async () => {
        for (let at = 0; at < 6; at++) await attack(plainAttempt(operation, thief, owner, at));
        const property = fc.asyncProperty(
          attempts(operation, thief, owner),
          async (attempt) => void (await attack(attempt)),
        );
        await fc.assert(property, { numRuns: runs });
      });
    }
    await t.test('and nothing of the other has changed', async () => {
      assert.deepEqual(await rowsOfOwner(), before);
    });
  });
});

describe('the same questions lead somewhere', () => {
  /** Those that a customer may ask for itself. */
  const own = (): Operation[] => operations.filter(({ path }) => /^(\/dbmanager|\/receiver)?\/api\//.test(path));
  const forOthers =
    /alarms|report|\/api\/notices$|recipients$|\/status$|callbacks$|callbacks\/|waiters|notificaSdI|^POST \/dbmanager\/api\/customers$|^PUT .*recapito$/;

  test('the owner reads by them what the other was refused', async () => {
    const told: string[] = [];
    for (const operation of own().filter((one) => one.method === 'GET' && !forOthers.test(nameOf(one)))) {
      const answers: Got[] = [];
      for (let at = 0; at < 12; at++) answers.push(await hub.ask(plainAttempt(operation, owner, owner, at)));
      const isTold = answers.some(
        (got) =>
          got.status === 200 &&
          (marksOf(owner).some((one) => saidIn(got).includes(one)) || /\/pdf$|\/registers/.test(operation.path)),
      );
      if (!isTold) told.push(`${nameOf(operation)}: ${answers.map(({ status }) => status).join(' ')}`);
    }
    assert.deepEqual(told, []);
  });

  test('and may write what the other could not', async () => {
    const refused: string[] = [];
    for (const operation of own().filter((one) => one.method !== 'GET' && !forOthers.test(nameOf(one)))) {
      const statuses: number[] = [];
      for (let at = 0; at < 6; at++) statuses.push((await hub.ask(plainAttempt(operation, owner, owner, at))).status);
      if (statuses.every((status) => [401, 403, 404].includes(status)))
        refused.push(`${nameOf(operation)}: ${statuses.join(' ')}`);
    }
    assert.deepEqual(refused, []);
  });
});
