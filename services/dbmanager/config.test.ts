// dbmanager: settings mean different things under each profile, and wrong ones stop the start by name.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSettings } from '@staffetta/platform/config/settings.ts';
import { dbmanagerOptions, settings } from './config.ts';

function read(environment: Record<string, string>, profile: 'dev' | 'production' = 'dev') {
  return dbmanagerOptions(readSettings(settings, environment).values, profile);
}

test('customers are seeded in dev, not in production unless a setting says so', () => {
  assert.equal(read({}).seedCustomers, true);
  const production = read({}, 'production');
  assert.equal(production.seedCustomers, false);
  assert.equal(read({ SEED_CUSTOMERS: 'true' }, 'production').seedCustomers, true);
});

test('an invoice in the name of another customer is refused in production, of a stranger noted; in dev nobody looks', () => {
  assert.deepEqual(read({}).issuerCheck, { stranger: 'off', neighbour: 'off' });
  assert.deepEqual(read({}, 'production').issuerCheck, { stranger: 'warn', neighbour: 'refuse' });
  assert.deepEqual(read({ VALIDATION: 'customer' }, 'production').issuerCheck.neighbour, 'off');
  assert.deepEqual(read({ ISSUER_CHECK: 'warn' }, 'production').issuerCheck, { stranger: 'warn', neighbour: 'warn' });
});

test('a wrong transmitter, prefix or start stops the start with its name', () => {
  const wrong: Record<string, string>[] = [
    { TRANSMITTER_ID: 'IT1' },
    { FILE_NAME_PREFIX: 'ab' },
    { FILE_NAME_PREFIX: 'ABCDE' },
    { FILE_NAME_PREFIX: 'ABCD', FILE_NAME_START: '36' },
  ];
  for (const environment of wrong) {
    assert.throws(
      () => read(environment),
      (error: Error) => error.name === 'SETTING_WRONG' && error.message.includes(Object.keys(environment)[0]!),
    );
  }
});

test('what was sent before is refused in production and only noted in dev, unless a setting says so', () => {
  assert.equal(read({}).duplicateCheck, 'warn');
  assert.equal(read({}, 'production').duplicateCheck, 'refuse');
  assert.equal(read({ DUPLICATE_CHECK: 'refuse' }).duplicateCheck, 'refuse');
  assert.equal(read({ DUPLICATE_CHECK: 'off' }, 'production').duplicateCheck, 'off');
});
