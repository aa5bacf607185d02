// gateway: tests of the path's reading and of the table: no spelling leads past a row.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readPath } from './read-path.ts';
import { findRoute } from './route-table.ts';

describe('path', () => {
  test('a plain path goes through as it is, with its query', () => {
    const read = readPath('/dbmanager/api/invoices?startDate=2026-01-01&page=0');
    assert.deepEqual(read, {
      path: '/dbmanager/api/invoices',
      encoded: '/dbmanager/api/invoices',
      query: '?startDate=2026-01-01&page=0',
    });
  });

  test('an encoded path is decoded for the table and encoded again once', () => {
    const read = readPath('/receiver/api/%6eotificaSdI');
    assert.equal(read?.path, '/receiver/api/notificaSdI');
    assert.equal(read?.encoded, '/receiver/api/notificaSdI');
    assert.equal(readPath('/dbmanager/a%20b/%C3%A8')?.encoded, '/dbmanager/a%20b/%C3%A8');
  });

  test('the absolute form means its path', () => {
    assert.equal(readPath('http://elsewhere:80/receiver/x?y')?.path, '/receiver/x');
  });

  test('paths that two servers could read differently are refused', () => {
    const tricks = [
      '//receiver/api',
      '/receiver//api',
      '/receiver/../sender',
      '/receiver/./api',
      '/receiver/..',
      '/%2e%2e/sender',
      '/receiver/%2E%2e/sender',
      '/receiver/.%2e/sender',
      '/receiver%2fapi',
      '/receiver/%5c..%5csender',
      '/receiver/%252e%252e/sender',
      '/receiver;x=1/api',
      '/receiver/api%3bx',
      '/receiver/api%3fx',
      '/receiver/%00',
      '/receiver/%zz',
      '/receiver/%c0%af',
      '/receiver\\api',
      '/receiver/#/x',
      'receiver',
      '*',
      '',
    ];
    for (const trick of tricks) assert.equal(readPath(trick), undefined, trick);
  });
});

describe('table', () => {
  const to = (method: string, path: string) => findRoute(method, path)?.who;

  test('the contract’s rows', () => {
    assert.deepEqual(to('POST', '/receiver/api/notificaSdI'), ['SDI']);
    assert.deepEqual(to('POST', '/receiver/api/salvaFatturaInterna'), ['ARUBA', 'CUSTOMER']);
    assert.deepEqual(to('POST', '/receiver/api/salvaFatturaEsterna'), ['ARUBA', 'CUSTOMER']);
    assert.deepEqual(to('DELETE', '/dbmanager/api/invoices/1'), ['ARUBA', 'CUSTOMER']);
    assert.deepEqual(to('GET', '/sender/api/mails'), ['ARUBA']);
    assert.deepEqual(to('POST', '/scheduler/api/dead-letters/1/replay'), ['ARUBA']);
    assert.equal(to('GET', '/actuator/health'), 'everybody');
    assert.equal(to('HEAD', '/actuator/health/readiness'), 'everybody');
    assert.equal(to('PUT', '/contactSupport'), 'everybody');
  });

  test('a slash at the end changes nothing', () => {
    assert.deepEqual(to('POST', '/receiver/api/notificaSdI/'), ['SDI']);
    assert.equal(to('GET', '/actuator/health/'), 'everybody');
  });

  test('a service’s own metrics are not for customers', () => {
    assert.deepEqual(to('GET', '/dbmanager/actuator/prometheus'), ['ARUBA']);
  });

  test('names count whole and with their case', () => {
    assert.equal(to('GET', '/Sender/api'), undefined);
    assert.equal(to('GET', '/senders/api'), undefined);
    assert.equal(to('GET', '/actuator/healthy'), undefined);
    assert.equal(to('GET', '/nowhere'), undefined);
  });
});
