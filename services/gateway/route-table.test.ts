// gateway: tests of the table of routes: the first row that fits decides, and no way of writing a path leads past a row.
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { accessPage } from './access-page.ts';
import { authorize } from './authorize.ts';
import { findRoute, routeTable, scopes } from './route-table.ts';

const methods = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'] as const;

/** A path that fits a row's pattern. */
function exampleOf(path: string): string {
  return path.replace(/\/\*\*$/, '/x').replaceAll('*', '7');
}

describe('the table of routes', () => {
  test('each row can be reached: none is hidden wholly behind those before it', () => {
    for (const row of routeTable) {
      const tried = row.method === '*' ? methods : [row.method];
      const paths = [exampleOf(row.path), row.path.replace(/\/\*\*$/, '').replaceAll('*', '7')];
      const isReached = tried.some((method) => paths.some((path) => findRoute(method, path) === row));
      assert.ok(isReached, `${row.method} ${row.path}`);
    }
  });

  test('a star stands for one segment, two at the end for all below', () => {
    const pathOf = (method: string, path: string) => findRoute(method, path)?.path;
    assert.equal(pathOf('GET', '/dbmanager/api/invoices/7/pdf'), '/dbmanager/api/invoices/*/pdf');
    assert.equal(pathOf('GET', '/dbmanager/api/invoices/7/pdf/'), '/dbmanager/api/invoices/*/pdf');
    assert.equal(pathOf('GET', '/dbmanager/api/invoices/7/8/pdf'), '/dbmanager/**');
    assert.equal(pathOf('GET', '/dbmanager/api/invoices//pdf'), '/dbmanager/**');
    assert.equal(pathOf('HEAD', '/dbmanager/api/invoices/7/pdf'), '/dbmanager/api/invoices/*/pdf');
    assert.equal(pathOf('GET', '/dbmanager'), '/dbmanager/**');
    assert.equal(pathOf('GET', '/dbmanagers'), undefined);
    assert.equal(pathOf('GET', '/Dbmanager'), undefined);
    assert.equal(pathOf('GET', '/receiver/api/notificaSdI'), '/receiver/**');
  });

  test('what is not open to everybody needs somebody, and a scope where it names one', () => {
    const path = fc.array(fc.constantFrom('receiver', 'dbmanager', 'api', 'gateway', 'keys', 'invoices', '7', 'x'), {
      maxLength: 5,
    });
    fc.assert(
      fc.property(fc.constantFrom(...methods), path, fc.subarray([...scopes]), (method, parts, held) => {
        const row = findRoute(method, `/${parts.join('/')}`);
        if (row?.who === 'everybody') return;
        assert.equal(authorize(row, undefined), 'KEY_WRONG');
        const holder = { caller: { name: 'x', roles: ['ARUBA', 'SDI', 'CUSTOMER'] as const }, scopes: held };
        const mayUse = row && (row.scope === undefined || held.includes(row.scope));
        assert.equal(authorize(row, holder) === 'pass', mayUse === true);
        assert.notEqual(
          authorize(row, { ...holder, caller: { name: 'x', roles: [] } }) === 'pass',
          row?.who !== 'signedIn',
        );
      }),
      { numRuns: 2000 },
    );
  });

  test('is shown as a page, row by row', () => {
    const page = accessPage(routeTable);
    assert.equal(page.match(/<tr><td>/g)?.length, routeTable.length);
    assert.match(
      page,
      /<code>\/dbmanager\/api\/invoices\/\*\/pdf<\/code><\/td><td>dbmanager<\/td><td>ARUBA, CUSTOMER<\/td>/,
    );
    assert.match(page, /a customer its own only<\/td><td>small limit of its own/);
  });

  test('whoever makes keys, links or sessions must hold the scope for it', () => {
    for (const path of ['/gateway/api/keys', '/gateway/api/keys/AAAAAAAAAAAA/rotate', '/gateway/api/sessions']) {
      const row = findRoute('POST', path);
      assert.deepEqual([row?.who, row?.scope], [['ARUBA'], 'admin'], path);
    }
  });
});
