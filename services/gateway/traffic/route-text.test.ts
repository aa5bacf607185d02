// gateway: tests of routes that a firm writes: how they are read, what they take, and what is said of wrong ones.
import { readSettings } from '@staffetta/platform/config/settings.ts';
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { makeRouteBook, targetPathOf } from './route-book.ts';
import { fitsWildcard, readWildcard } from './route-match.ts';
import { ownRouteOf, type OwnRoute } from './route-row.ts';
import { readRoutes } from './route-text.ts';
import { trafficSettings } from './traffic-settings.ts';

const { values } = readSettings(trafficSettings, {});

const text = `
# The shop's own services.
- id: orders
  path: /orders/**
  to: lb://ORDERS
  who: [ARUBA, CUSTOMER]
  stripPrefix: 1
  answerTimeout: 30s
  retries: 0
- id: prices
  path: [/prices, /prices/*/today]
  methods: GET
  host: "*.shop.example"
  headers: { X-Version: "2*" }
  query: { currency: EUR }
  to: [http://10.0.0.7:8080, http://10.0.0.8:8080/base]
  who: everybody
  requestHeaders: { set: { X-Shop: one }, remove: [X-Debug] }
- id: reports
  tune: dbmanager
  path: /dbmanager/api/reports/**
  answerTimeout: 2m
  inFlightMax: 4
`;

function bookOf(yaml: string) {
  return makeRouteBook(values, readRoutes(yaml, 'TEST'));
}

const plain = { query: '', host: undefined, headers: {} };

describe('a table of routes', () => {
  const book = bookOf(text);

  test('names who may, where it goes, and its own rules', () => {
    const row = book.find('POST', { ...plain, path: '/orders/7' });
    assert.ok(row);
    assert.deepEqual([row.to, row.who, row.scope, row.method], ['own', ['ARUBA', 'CUSTOMER'], 'operate', '*']);
    assert.deepEqual(ownRouteOf(row)?.to, ['lb://ORDERS']);
    assert.deepEqual([book.rules.get('orders')?.answerTimeoutMs, book.rules.get('orders')?.retries], [30_000, 0]);
    assert.equal(book.rules.get('prices')?.answerTimeoutMs, 11_000, 'what it does not say is as the settings say');
  });

  test('takes a request only where path, method, host, header and query all fit', () => {
    const good = {
      path: '/prices/7/today',
      query: '?a=b&currency=EUR',
      host: 'www.Shop.example:8072',
      headers: { 'x-version': '2.1' },
    };
    assert.equal(ownRouteOf(book.find('GET', good)!)?.id, 'prices');
    assert.ok(book.find('HEAD', good), 'HEAD goes with GET');
    const wrong = [
      { ...good, path: '/prices/7/8/today' },
      { ...good, query: '?currency=USD' },
      { ...good, host: 'shop.example.evil.example' },
      { ...good, host: undefined },
      { ...good, headers: { 'x-version': '1' } },
      { ...good, headers: {} },
    ];
    for (const one of wrong) assert.equal(book.find('GET', one), undefined, JSON.stringify(one));
    assert.equal(book.find('POST', good), undefined);
  });

  test('tunes some paths of a service, and never who may', () => {
    assert.equal(book.laneOf('dbmanager', 'GET', '/dbmanager/api/reports/1'), 'reports');
    assert.equal(book.laneOf('dbmanager', 'GET', '/dbmanager/api/invoices'), 'dbmanager');
    assert.deepEqual([book.rules.get('reports')?.inFlightMax, book.rules.get('dbmanager')?.inFlightMax], [4, 1024]);
    assert.throws(
      () => bookOf('- { id: x, tune: receiver, who: everybody }'),
      /route 1 \("x"\): who: write one of id, /,
    );
  });

  test('is read from a configuration server’s file and from JSON as well', () => {
    const json = JSON.stringify([{ id: 'a', path: '/a/**', to: 'http://a', retries: '1' }]);
    assert.equal(bookOf(json).rules.get('a')?.retries, 1);
    assert.equal(bookOf('gateway:\n  routes:\n    - { id: a, path: /a, to: "http://a" }').routes.length, 1);
    assert.equal(bookOf('').routes.length, 0);
  });
});

describe('a wrong table is refused with its place and what to write', () => {
  const cases: [yaml: string, words: RegExp][] = [
    ['- id: a\n  path: [', /TEST, line 2: it is no YAML/],
    ['just words', /write a list/],
    ['- path: /a', /line 1, route 1: id is missing/],
    ['- { id: a, path: /a, to: "http://a" }\n- { id: a, path: /b, to: "http://a" }', /two routes have the id "a"/],
    ['- { id: receiver, path: /a, to: "http://a" }', /id "receiver"/],
    [
      '# one\n- id: a\n  path: /receiver/x\n  to: http://a',
      /line 2, route 1 \("a"\): path "\/receiver\/x": its first segment/,
    ],
    ['- { id: a, path: /**, to: "http://a" }', /first segment/],
    ['- { id: a, path: /*/x, to: "http://a" }', /first segment/],
    ['- { id: a, path: "/a/%2e", to: "http://a" }', /without encoded characters/],
    ['- { id: a, path: /a }', /to is missing/],
    ['- { id: a, path: /a, to: "ftp://a" }', /write lb:\/\/APPLICATION/],
    ['- { id: a, path: /a, to: "http://user:secret@a" }', /without a login/],
    ['- { id: a, path: /a, to: "http://a", answerTimeout: soon }', /answerTimeout="soon"/],
    ['- { id: a, path: /a, to: "http://a", retries: 99 }', /the most is 10/],
    ['- { id: a, path: /a, to: "http://a", retrys: 1 }', /retrys: write one of id, to, path/],
    ['- { id: a, path: /a, to: "http://a", who: ADMIN }', /who "ADMIN"/],
    ['- { id: a, path: /a, to: "http://a", scope: all }', /scope "all"/],
    ['- { id: a, path: /a, to: "http://a", methods: CONNECT }', /methods "CONNECT"/],
    [
      '- { id: a, path: /a, to: "http://a", requestHeaders: { set: { X-Forwarded-For: b } } }',
      /set by the gateway alone/,
    ],
    ['- { id: a, path: /a, to: "http://a", requestHeaders: { set: { X-A: "b\\r\\nc: d" } } }', /no header can/],
    ['- { id: a, path: /a, to: "http://a", rewrite: /b/** }', /rewrite: write/],
    ['- { id: a, tune: gateway }', /tune "gateway"/],
    ['- { id: a, tune: receiver, path: /dbmanager/x }', /begins with \/receiver/],
    ['- { id: a, path: /a, to: "http://a", relayToken: perhaps }', /relayToken: write true or false/],
    ['- 7', /route 1: it is no map/],
  ];
  for (const [yaml, words] of cases) {
    test(JSON.stringify(yaml).slice(0, 90), () => {
      assert.throws(() => bookOf(yaml), { code: 'SETTING_WRONG', message: words });
    });
  }

  test('a login that stands in it is not repeated', () => {
    const act = () => bookOf('- { id: a, path: /a, to: "http://user:secret@a" }');
    assert.throws(act, (error) => error instanceof Error && !error.message.includes('secret'));
  });

  test('whatever is written, it is a table or a refusal in words', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.array(fc.dictionary(fc.string(), fc.jsonValue())).map((rows) => JSON.stringify(rows)),
        ),
        (anything) => {
          try {
            bookOf(anything);
          } catch (error) {
            assert.equal((error as { code?: string }).code, 'SETTING_WRONG', String(error));
          }
        },
      ),
    );
  });
});

describe('the path at the service', () => {
  const routeOf = (row: string): OwnRoute => bookOf(`- { id: a, to: "http://a", ${row} }`).routes[0]!;
  const at = (row: string, path: string, encoded = path): string => targetPathOf(routeOf(row), path, encoded);

  test('is the client’s, without what is stripped, or rewritten', () => {
    assert.equal(at('path: /a/**', '/a/b'), '/a/b');
    assert.equal(at('path: /a/**, stripPrefix: 1', '/a/b/c'), '/b/c');
    assert.equal(at('path: /a/**, stripPrefix: 1', '/a'), '/');
    assert.equal(at('path: /a/**, stripPrefix: 5', '/a/b'), '/');
    assert.equal(at('path: /a/**, rewrite: /api/v2/**', '/a/b/c'), '/api/v2/b/c');
    assert.equal(at('path: /a/**, rewrite: /api/v2/**', '/a'), '/api/v2');
    assert.equal(at('path: /a/b, rewrite: /c', '/a/b'), '/c');
    assert.equal(at('path: /a/**, rewrite: /b/**', '/a/é', '/a/%C3%A9'), '/b/%C3%A9');
  });
});

test('a wildcard fits as a regular expression would, in linear time', () => {
  const part = fc.constantFrom('a', 'b', '*', '.');
  const word = fc.array(fc.constantFrom('a', 'b', '.'), { maxLength: 12 }).map((letters) => letters.join(''));
  fc.assert(
    fc.property(fc.array(part, { maxLength: 6 }), word, (parts, asked) => {
      const written = parts.join('');
      const expected = new RegExp(`^${written.replaceAll('.', '\\.').replaceAll('*', '.*')}$`).test(asked);
      assert.equal(fitsWildcard(readWildcard(written), asked), expected, `${written} on ${asked}`);
    }),
  );
});
