// gateway: attacks on the wire: each is refused with the right status, none reaches a service, and the gateway lives on.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, afterEach, before, describe, test } from 'node:test';
import { arubaKey, echo, startGateway, startService, type TestGateway, type TestService } from '../gateway-test-kit.ts';
import { answersIn, eventually, readAll, sendBytes } from './test-wire.ts';

let service: TestService;
let gateway: TestGateway;
let reached = 0;

before(async () => {
  // A client that breaks off breaks the echo off too.
  service = await startService((incoming, response) => void echo(incoming, response).catch(() => response.destroy()));
  gateway = await startGateway(service.url, {
    hosts: ['gateway', '*.hub.example'],
    headersTimeoutMs: 400,
    requestTimeoutMs: 800,
    pipelinedMax: 8,
    socketRequestsMax: 50,
  });
});

after(async () => {
  await gateway.stop();
  await service.stop();
});

/** What every attack must leave behind: a gateway that answers, and services that heard nothing of it. */
afterEach(async () => {
  assert.equal((await gateway.ask('GET', '/actuator/health/liveness', { host: 'gateway' })).status, 200);
});

const signed = 'x-api-key: aruba-secret-token\r\nconnection: close\r\n';
const host = 'host: gateway\r\n';

function get(path: string, headers = ''): string {
  return `GET ${path} HTTP/1.1\r\n${host}${signed}${headers}\r\n`;
}

function post(headers: string, body: string): string {
  return `POST /receiver/api/salvaFatturaInterna HTTP/1.1\r\n${host}${signed}${headers}\r\n${body}`;
}

async function refused(bytes: string, status: number, what: string): Promise<void> {
  const before = service.seen.length;
  const text = await sendBytes(gateway.port, bytes);
  const answers = answersIn(text);
  assert.deepEqual([what, ...answers.map((answer) => answer.status)], [what, status], text.slice(0, 400));
  assert.equal(service.seen.length, before, `${what} reached a service`);
  reached += 1;
}

async function passes(bytes: string): Promise<{ url: string; headers: Record<string, string>; bytes: number }> {
  const [answer, ...more] = answersIn(await sendBytes(gateway.port, bytes));
  assert.equal(more.length, 0);
  assert.equal(answer?.status, 200, `${answer?.head} ${answer?.body}`);
  const text = answer.body;
  return JSON.parse(text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1));
}

test('an upgrade that is sent behind a request, without waiting for its answer, is answered in its turn', async () => {
  const words = 'upgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
  const upgrade = `GET /sender/live HTTP/1.1\r\n${host}connection: upgrade, close\r\n${words}\r\n`;
  const text = await sendBytes(gateway.port, `GET /me HTTP/1.1\r\n${host}\r\n${upgrade}`);
  assert.deepEqual(
    answersIn(text).map(({ status }) => status),
    [401, 401],
  );
});

describe('paths', () => {
  const tricks: [path: string, status: number][] = [
    ['/receiver/../sender/api/mails', 404],
    ['/receiver/%2e%2e/sender/api/mails', 404],
    ['/receiver/.%2E/sender/api/mails', 404],
    ['/receiver/%252e%252e/sender', 404],
    ['/receiver%2fapi%2fnotificaSdI', 404],
    ['//receiver/api/notificaSdI', 404],
    ['/receiver//api/notificaSdI', 404],
    ['/receiver\\api\\notificaSdI', 404],
    ['/receiver/api/;/notificaSdI', 404],
    ['/receiver/api/notificaSdI;x=1', 404],
    ['/receiver/api/%00', 404],
    ['/receiver/api/x%0d%0aevil:1', 404],
    ['/receiver/%c0%ae%c0%ae/sender', 400],
    ['/receiver/%e0%80%ae/sender', 400],
    ['receiver/api', 400],
    ['http://elsewhere.example/receiver/api/x', 400],
    ['http://gateway@elsewhere.example/receiver/api/x', 400],
    ['https://gateway:443/receiver/api/x', 400],
    ['file:///etc/passwd', 400],
    ['/receiver/api/x?a=\u00e8', 400],
    ['/receiver/api/\u007f', 400],
    [`/receiver/${'a'.repeat(9000)}`, 414],
  ];

  for (const [path, status] of tricks) {
    test(`${path.slice(0, 60)} is ${status}`, () => refused(get(path), status, path));
  }

  test('what is no printable character ends the connection with 400', async () => {
    await refused(get('/receiver/api/\u0000x'), 400, 'NUL');
    await refused(get('/receiver/a\tb'), 400, 'tab');
    await refused(get('/receiver/a b'), 400, 'blank');
  });

  test('the absolute form passes where it names the same host', async () => {
    assert.equal((await passes(get('http://gateway/dbmanager/x?y'))).url, '/x?y');
  });
});

describe('hosts', () => {
  const ask = (lines: string, path = '/dbmanager/x') => `GET ${path} HTTP/1.1\r\n${lines}${signed}\r\n`;

  test('none is 400, two are 400, an odd one is 400', async () => {
    await refused(ask(''), 400, 'none');
    await refused(ask('host: gateway\r\nhost: elsewhere\r\n'), 400, 'two');
    await refused(ask('host: gateway\r\nHost: gateway\r\n'), 400, 'the same twice');
    await refused(ask('host: gateway/x\r\n'), 400, 'with a path');
    await refused(ask('host: a@gateway\r\n'), 400, 'with a user');
    await refused(ask('host: gateway, elsewhere\r\n'), 400, 'a list');
    await refused(ask('host: \r\n'), 400, 'empty');
  });

  test('one that is not served is 421, whatever its letters', async () => {
    await refused(ask('host: elsewhere.example\r\n'), 421, 'another');
    await refused(ask('host: hub.example\r\n'), 421, 'above the wildcard');
    await refused(ask('host: gateway.elsewhere.example\r\n'), 421, 'a longer one');
    assert.equal((await passes(ask('host: GATEWAY:8072\r\n'))).url, '/x');
    assert.equal((await passes(ask('host: a.hub.example\r\n'))).url, '/x');
  });

  test('whoever asks for health may name the address', async () => {
    const answer = await sendBytes(gateway.port, ask('host: 10.0.0.7\r\n', '/actuator/health/liveness'));
    assert.match(answer, /^HTTP\/1.1 200 /);
  });
});

describe('smuggling', () => {
  const cases: [what: string, headers: string, body: string, status: number][] = [
    ['two lengths alike', 'content-length: 3\r\ncontent-length: 3\r\n', 'abc', 400],
    ['two lengths that differ', 'content-length: 3\r\ncontent-length: 30\r\n', 'abc', 400],
    ['a list of lengths', 'content-length: 3, 3\r\n', 'abc', 400],
    ['a signed length', 'content-length: +3\r\n', 'abc', 400],
    ['a negative length', 'content-length: -3\r\n', 'abc', 400],
    ['a hexadecimal length', 'content-length: 0x3\r\n', 'abc', 400],
    ['an immense length', 'content-length: 99999999999999999999999\r\n', 'abc', 400],
    ['length and chunks', 'content-length: 3\r\ntransfer-encoding: chunked\r\n', '0\r\n\r\n', 400],
    ['chunks and length', 'transfer-encoding: chunked\r\ncontent-length: 3\r\n', '0\r\n\r\n', 400],
    ['chunked twice', 'transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n', '0\r\n\r\n', 400],
    ['chunked twice in one', 'transfer-encoding: chunked, chunked\r\n', '0\r\n\r\n', 400],
    ['chunked not last', 'transfer-encoding: chunked, identity\r\n', '0\r\n\r\n', 400],
    ['another coding first', 'transfer-encoding: gzip, chunked\r\n', '0\r\n\r\n', 501],
    ['almost chunked', 'transfer-encoding: xchunked\r\n', '0\r\n\r\n', 501],
    ['chunked in quotes', 'transfer-encoding: "chunked"\r\n', '0\r\n\r\n', 501],
    ['chunked with a vertical tab', 'transfer-encoding: \u000bchunked\r\n', '0\r\n\r\n', 400],
    ['a blank before the colon', 'transfer-encoding : chunked\r\n', '0\r\n\r\n', 400],
    ['a folded header', 'x-a: 1\r\n folded: 2\r\ncontent-length: 3\r\n', 'abc', 400],
    ['a folded coding', 'transfer-encoding:\r\n chunked\r\n', '0\r\n\r\n', 400],
    ['a bare line feed', 'x-a: 1\ncontent-length: 3\r\n', 'abc', 400],
    ['a bare carriage return', 'x-a: 1\rcontent-length: 3\r\n', 'abc', 400],
    ['a NUL in a value', 'x-a: 1\u00002\r\n', '', 400],
    ['a header without a name', ': 1\r\n', '', 400],
    ['a header without a colon', 'x-a\r\n', '', 400],
    ['a size that is none', 'transfer-encoding: chunked\r\n', 'zz\r\nabc\r\n0\r\n\r\n', 400],
    ['a negative size', 'transfer-encoding: chunked\r\n', '-1\r\nabc\r\n0\r\n\r\n', 400],
    ['an immense size', 'transfer-encoding: chunked\r\n', 'fffffffffffffffff\r\nabc\r\n0\r\n\r\n', 400],
    ['a chunk that is too long', 'transfer-encoding: chunked\r\n', '3\r\nabcdef\r\n0\r\n\r\n', 400],
    ['a line feed after a size', 'transfer-encoding: chunked\r\n', '3\nabc\r\n0\r\n\r\n', 400],
    ['immense extensions', 'transfer-encoding: chunked\r\n', `3;${'x'.repeat(40_000)}\r\nabc\r\n0\r\n\r\n`, 413],
    ['an expectation of something else', 'expect: 200-ok\r\n', '', 417],
    ['two expectations', 'expect: 100-continue\r\nexpect: 100-continue\r\n', '', 400],
  ];

  for (const [what, headers, body, status] of cases) {
    test(`${what}: ${status}`, async () => {
      const before = service.seen.length;
      const text = await sendBytes(gateway.port, post(headers, body));
      const [first, ...more] = answersIn(text).filter((answer) => answer.status >= 200);
      assert.deepEqual([first?.status, more.length], [status, 0], text.slice(0, 400));
      // Of a body that breaks on its way the service may have seen the head; whole it never is.
      await eventually('no service has a request of it', () =>
        service.seen.slice(before).every(({ complete }) => !complete),
      );
    });
  }

  test('coding of HTTP/1.0 is refused', async () => {
    const bytes = `POST /receiver/api/x HTTP/1.0\r\n${host}${signed}transfer-encoding: chunked\r\n\r\n0\r\n\r\n`;
    await refused(bytes, 400, 'HTTP/1.0');
  });

  test('what follows a refused request is never a request', async () => {
    const hidden = 'GET /dbmanager/hidden HTTP/1.1\r\nhost: gateway\r\nx-api-key: aruba-secret-token\r\n\r\n';
    await refused(post('content-length: 3\r\ntransfer-encoding: chunked\r\n', `0\r\n\r\n${hidden}`), 400, 'CL.TE');
    await refused(`GET /dbmanager/x HTTP/1.1\r\n${host}host: b\r\n\r\n${hidden}`, 400, 'two hosts');
    await refused(`TRACE / HTTP/1.1\r\n${host}\r\n${hidden}`, 405, 'TRACE');
  });

  test('the body of a GET is not taken for the next request by the service', async () => {
    const inner = 'GET /hidden HTTP/1.1\r\nhost: x\r\n\r\n';
    const got = await passes(get('/dbmanager/x', `content-length: ${inner.length}\r\n`) + inner);
    assert.deepEqual([got.url, got.bytes], ['/x', 0]);
  });
});

describe('methods', () => {
  const ask = (method: string) => `${method} /dbmanager/x HTTP/1.1\r\n${host}${signed}\r\n`;

  test('those that mean nothing here are 405, what is none is 400', async () => {
    for (const method of ['TRACE', 'PROPFIND', 'SEARCH', 'PURGE', 'LINK']) await refused(ask(method), 405, method);
    for (const method of ['get', 'Get', 'GETT', 'G\u0000T', '']) await refused(ask(method), 400, method);
    await refused(`CONNECT gateway:80 HTTP/1.1\r\n${host}${signed}\r\n`, 405, 'CONNECT');
    await refused(`PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n`, 400, 'HTTP/2 where it is not spoken');
  });

  test('another version of HTTP is refused', async () => {
    await refused(`GET / HTTP/3.0\r\n${host}${signed}\r\n`, 400, 'HTTP/3.0');
    await refused('GET /\r\n\r\n', 505, 'HTTP/0.9');
  });
});

describe('sizes', () => {
  test('headers that are too long, or too many, are 431', async () => {
    await refused(get('/dbmanager/x', `x-long: ${'a'.repeat(20_000)}\r\n`), 431, 'long');
    const many = Array.from({ length: 120 }, (_, index) => `x-${index}: 1\r\n`).join('');
    await refused(get('/dbmanager/x', many), 431, 'many');
  });
});

describe('slow clients', () => {
  test('headers that never end are 408, and the connection is closed', async () => {
    const socket = connect(gateway.port, '127.0.0.1');
    socket.write(`GET / HTTP/1.1\r\n${host}`);
    const drip = setInterval(() => socket.writable && socket.write('x-slow: 1\r\n'), 50);
    const text = await readAll(socket);
    clearInterval(drip);
    assert.match(text, /^HTTP\/1.1 408 /);
  });

  test('a connection that says nothing is closed', async () => {
    const socket = connect(gateway.port, '127.0.0.1');
    assert.match(await readAll(socket), /^(HTTP\/1.1 408 .*)?$/s);
  });

  test('a body that never ends is cut off', async () => {
    const socket = connect(gateway.port, '127.0.0.1');
    socket.write(post('content-length: 100000\r\n', 'x'));
    const drip = setInterval(() => socket.writable && socket.write('x'), 50);
    const text = await readAll(socket);
    clearInterval(drip);
    assert.match(text, /^HTTP\/1.1 408 /);
  });

  test('nothing is asked to be sent before its sender is known', async () => {
    const head = `POST /receiver/api/x HTTP/1.1\r\n${host}connection: close\r\nexpect: 100-continue\r\ncontent-length: 3\r\n`;
    const answers = answersIn(await sendBytes(gateway.port, `${head}\r\n`));
    assert.deepEqual(
      answers.map(({ status }) => status),
      [401],
    );
    const socket = connect(gateway.port, '127.0.0.1');
    socket.write(`${head}x-api-key: aruba-secret-token\r\n\r\n`);
    const [first] = (await once(socket, 'data')) as [Buffer];
    assert.match(first.toString(), /^HTTP\/1.1 100 Continue/);
    socket.write('abc');
    assert.match(await readAll(socket), /^HTTP\/1.1 200 /);
  });
});

describe('many on one connection', () => {
  const one = `GET /dbmanager/x HTTP/1.1\r\n${host}x-api-key: aruba-secret-token\r\n\r\n`;

  test('requests sent at once are answered in their order', async () => {
    const paths = ['/dbmanager/1', '/nowhere', '/dbmanager/3'];
    const bytes = paths.map((path) => one.replace('/dbmanager/x', path)).join('') + get('/dbmanager/4');
    const answers = answersIn(await sendBytes(gateway.port, bytes));
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 404, 200, 200],
    );
    assert.deepEqual(
      answers.map(({ body }) => /"url":"([^"]+)"/.exec(body)?.[1]),
      ['/1', undefined, '/3', '/4'],
    );
  });

  test('too many at once are refused, and the connection ends', async () => {
    const statuses = answersIn(await sendBytes(gateway.port, one.repeat(30))).map(({ status }) => status);
    assert.ok(statuses.includes(429), statuses.join());
    assert.ok(statuses.length < 30, statuses.join());
  });

  test('a broken request behind a good one takes nobody’s answer', async () => {
    const text = await sendBytes(gateway.port, `${one}GET /\u0000 HTTP/1.1\r\n\r\n`);
    assert.ok(
      answersIn(text).every(({ status }) => status === 200),
      text,
    );
  });
});

describe('headers that only the gateway may say', () => {
  test('naming them as hop-by-hop takes none of them away', async () => {
    const { headers } = await passes(
      get('/dbmanager/x').replace(
        'connection: close',
        'connection: close, x-staffetta-caller, x-forwarded-for, x-correlation-id',
      ),
    );
    assert.match(headers['x-staffetta-caller'] ?? '', /^[\w-]+\.[\w-]+$/);
    assert.equal(headers['x-forwarded-for'], '127.0.0.1');
    assert.ok(headers['x-correlation-id']);
  });

  test('forged ones do not go through, in any spelling', async () => {
    const forged = [
      'X-Staffetta-Caller: a.b',
      'x-staffetta-caller: c.d',
      'X-FORWARDED-FOR: 10.0.0.1',
      'X-Forwarded-Host: evil',
      'X-Forwarded-Proto: https',
      'X-Forwarded-Prefix: /evil',
      'Forwarded: for=10.0.0.1',
    ];
    const { headers } = await passes(get('/dbmanager/x', `${forged.join('\r\n')}\r\n`));
    assert.doesNotMatch(JSON.stringify(headers), /evil|10\.0\.0\.1|a\.b|c\.d/);
    assert.deepEqual([headers['x-forwarded-proto'], headers['x-forwarded-host']], ['http', 'gateway']);
  });

  test('a correlation id cannot split an answer', async () => {
    for (const id of ['a%0d%0aset-cookie: x', 'a b', 'è', 'x'.repeat(300)]) {
      const answer = await gateway.ask('GET', '/dbmanager/x', {
        ...arubaKey,
        host: 'gateway',
        'x-correlation-id': encodeURI(id),
      });
      assert.equal(answer.headers['set-cookie'], undefined);
    }
    const text = await sendBytes(gateway.port, get('/dbmanager/x', 'x-correlation-id: a\u00e8\r\n'));
    assert.match(text, /x-correlation-id: [0-9a-f-]{36}\r\n/i);
  });
});

test('all of the above was refused', () => assert.ok(reached > 50, String(reached)));
