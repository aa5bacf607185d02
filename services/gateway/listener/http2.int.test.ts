// gateway: tests of HTTP/2: the same answers as by HTTP/1, beside it on one port, and its floods come to an end.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectHttp2, constants, type ClientHttp2Session, type IncomingHttpHeaders } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { after, before, describe, test, type TestContext } from 'node:test';
import { echo, startGateway, startService, type TestGateway, type TestService } from '../gateway-test-kit.ts';
import { eventually, readAll } from './test-wire.ts';

let service: TestService;
let gateway: TestGateway;

before(async () => {
  service = await startService((incoming, response) => {
    if (incoming.url?.startsWith('/silent')) return;
    if (incoming.url === '/cookies') return void response.setHeader('set-cookie', ['a=1', 'b=2']).end('two');
    if (incoming.url === '/broken') return void response.write('half', () => response.destroy());
    if (incoming.url === '/large') return void response.end(Buffer.alloc(2_000_000, 'y'));
    void echo(incoming, response).catch(() => response.destroy());
  });
  gateway = await startGateway(service.url, {
    clearHttp2: true,
    streamsMax: 20,
    headerBytesMax: 8192,
    urlBytesMax: 2000,
    requestTimeoutMs: 500,
    corsOrigins: ['https://erp.example'],
  });
});

after(async () => {
  await gateway.stop();
  await service.stop();
});

function open(t: TestContext): ClientHttp2Session {
  const session = connectHttp2(gateway.url);
  session.on('error', () => undefined);
  t.after(() => session.destroy());
  return session;
}

const key = { 'x-api-key': 'aruba-secret-token' };

async function ask(session: ClientHttp2Session, headers: Record<string, string>, body?: Buffer) {
  const stream = session.request({ ...key, ...headers }, { endStream: body === undefined });
  if (body) stream.end(body);
  const [answer] = (await once(stream, 'response')) as [IncomingHttpHeaders];
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(stream, 'close');
  return { status: answer[':status'], headers: answer, text: Buffer.concat(chunks).toString() };
}

/** Asks for what may end as an answer, or as the end of the stream: gives the status, or 0. */
async function outcome(session: ClientHttp2Session, headers: Record<string, string>): Promise<number> {
  const stream = session.request({ ...key, ...headers }, { endStream: true });
  let status = 0;
  stream.on('error', () => undefined).on('response', (answer) => (status = Number(answer[':status'])));
  stream.resume();
  await new Promise((resolve) => stream.once('close', resolve));
  return status;
}

describe('requests', () => {
  test('go through and back as by HTTP/1', async (t) => {
    const session = open(t);
    const { status, headers, text } = await ask(session, { ':path': '/dbmanager/x?y=1', 'x-mine': 'kept' });
    assert.equal(status, 200, text);
    const got = JSON.parse(text) as { url: string; headers: Record<string, string> };
    assert.equal(got.url, '/x?y=1');
    assert.equal(got.headers['x-mine'], 'kept');
    assert.equal(got.headers['x-forwarded-host'], `127.0.0.1:${gateway.port}`);
    assert.deepEqual(
      Object.keys(got.headers).filter((name) => name.startsWith(':')),
      [],
    );
    assert.match(String(headers['x-correlation-id']), /^[0-9a-f-]{36}$/);
    assert.match(String(headers['ratelimit']), /^"key";r=\d+;t=\d+$/);
  });

  test('bodies go through, of known length and of unknown, small and large', async (t) => {
    const session = open(t);
    const path = '/receiver/api/salvaFatturaInterna';
    for (const bytes of [0, 10, 100_000, 3_000_000]) {
      const { text } = await ask(session, { ':path': path, ':method': 'POST' }, Buffer.alloc(bytes));
      assert.equal((JSON.parse(text) as { bytes: number }).bytes, bytes);
      const known = { ':path': path, ':method': 'POST', 'content-length': String(bytes) };
      assert.equal(
        (JSON.parse((await ask(session, known, Buffer.alloc(bytes))).text) as { bytes: number }).bytes,
        bytes,
      );
    }
    assert.equal((await ask(session, { ':path': '/dbmanager/large' })).text.length, 2_000_000);
  });

  test('headers that come several times stay several', async (t) => {
    const { headers } = await ask(open(t), { ':path': '/dbmanager/cookies' });
    assert.deepEqual(headers['set-cookie'], ['a=1', 'b=2']);
  });

  test('cookies that come one by one go on as one line, without ours', async (t) => {
    const cookies = ['a=1', 'staffetta=x', 'b=2'];
    const stream = open(t)
      .request({ ...key, ':path': '/dbmanager/jar', cookie: cookies })
      .resume();
    await once(stream, 'close');
    const { rawHeaders } = service.seen.find(({ url }) => url === '/jar')!;
    assert.deepEqual(
      rawHeaders.filter((_text, index) => rawHeaders[index - 1]?.toLowerCase() === 'cookie'),
      ['a=1; b=2'],
    );
  });

  test('the gateway answers for itself: refusals, preflights, its own pages', async (t) => {
    const session = open(t);
    assert.equal((await ask(session, { ':path': '/sender/x', 'x-api-key': 'wrong' })).status, 401);
    assert.equal((await ask(session, { ':path': '/receiver/../sender/x' })).status, 404);
    assert.equal((await ask(session, { ':path': '/v3/api-docs' })).status, 200);
    assert.equal((await ask(session, { ':path': '/contactSupport' })).status, 503);
    const preflight = { ':method': 'OPTIONS', ':path': '/api/x', origin: 'https://erp.example' };
    const { status, headers } = await ask(session, { ...preflight, 'access-control-request-method': 'POST' });
    assert.deepEqual([status, headers['access-control-allow-origin']], [204, 'https://erp.example']);
  });

  test('an expectation is answered when the gate is passed', async (t) => {
    const headers = { ':path': '/receiver/api/x', ':method': 'POST', expect: '100-continue', ...key };
    const stream = open(t).request(headers);
    await once(stream, 'continue');
    stream.end('abc');
    const [answer] = (await once(stream, 'response')) as [IncomingHttpHeaders];
    assert.equal(answer[':status'], 200);
    stream.close();
  });

  test('HTTP/1 goes on beside it', async () => {
    assert.equal((await gateway.ask('GET', '/dbmanager/x', key)).status, 200);
  });

  test('a client that goes away in the middle harms nobody', async (t) => {
    const session = open(t);
    const stream = session.request({ ...key, ':path': '/dbmanager/silent', ':method': 'POST' });
    stream.on('error', () => undefined);
    stream.write('x');
    await eventually('the service is asked', () => service.seen.some(({ url }) => url === '/silent'));
    const asked = service.seen.find(({ url }) => url === '/silent')!;
    stream.close(constants.NGHTTP2_CANCEL);
    await eventually('the service hears of it', () => asked.destroyed || asked.socket.destroyed);
    assert.equal((await ask(session, { ':path': '/dbmanager/x' })).status, 200);
  });
});

describe('attacks', () => {
  test('two hosts that differ are 400', async (t) => {
    const hosts = { ':authority': `127.0.0.1:${gateway.port}`, host: 'elsewhere.example' };
    assert.equal((await ask(open(t), { ':path': '/dbmanager/x', ...hosts })).status, 400);
  });

  test('methods and targets are looked at as in HTTP/1', async (t) => {
    const before = service.seen.length;
    const tricks: [headers: Record<string, string>, statuses: number[]][] = [
      [{ ':path': '/dbmanager/x', ':method': 'TRACE' }, [405]],
      [{ ':path': '/dbmanager/x', ':method': 'get' }, [405]],
      [{ ':path': '/dbmanager/%2e%2e/sender' }, [404]],
      [{ ':path': 'http://elsewhere.example/dbmanager/x' }, [400, 0]],
      [{ ':path': 'dbmanager/x' }, [400, 0]],
      [{ ':path': '/a b' }, [400, 0]],
      [{ ':path': `/${'a'.repeat(3000)}` }, [414]],
    ];
    for (const [headers, statuses] of tricks) {
      const status = await outcome(open(t), headers);
      assert.ok(statuses.includes(status), `${status} ${JSON.stringify(headers).slice(0, 80)}`);
    }
    assert.equal(service.seen.length, before);
  });

  test('headers that are too long, or too many, reach nobody', async (t) => {
    const before = service.seen.length;
    const long = Object.fromEntries([1, 2, 3, 4].map((n) => [`x-${n}`, 'a'.repeat(4000)]));
    const many = Object.fromEntries(Array.from({ length: 150 }, (_, n) => [`x-${n}`, '1']));
    for (const headers of [long, many]) {
      const status = await outcome(open(t), { ':path': '/dbmanager/x', ...headers });
      assert.ok([0, 431].includes(status), `${status} for ${Object.keys(headers).length} headers`);
    }
    assert.equal(service.seen.length, before);
    assert.equal((await gateway.ask('GET', '/dbmanager/x', key)).status, 200);
  });

  test('streams that are opened and reset at once end their connection', async (t) => {
    const session = open(t);
    let closed = false;
    session.once('close', () => (closed = true));
    for (let round = 0; round < 200 && !closed; round += 1) {
      for (let index = 0; index < 20 && !closed && !session.destroyed; index += 1) {
        const stream = session.request({ ...key, ':path': '/dbmanager/silent/reset' });
        stream.on('error', () => undefined);
        stream.close(constants.NGHTTP2_CANCEL);
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    assert.equal(closed, true);
    assert.equal((await gateway.ask('GET', '/dbmanager/x', key)).status, 200);
  });

  test('more streams than may be open wait or are refused', async (t) => {
    const session = open(t);
    await once(session, 'remoteSettings');
    assert.equal(session.remoteSettings.maxConcurrentStreams, 20);
    const before = service.seen.length;
    for (let index = 0; index < 60; index += 1) {
      session.request({ ...key, ':path': '/dbmanager/silent/many' }).on('error', () => undefined);
    }
    await eventually('the service has what may be open', () => service.seen.length >= before + 20);
    assert.equal((await gateway.ask('GET', '/dbmanager/x', key)).status, 200);
    assert.equal(service.seen.length, before + 21);
  });

  test('a body that never ends is cut off', async (t) => {
    const stream = open(t).request({ ...key, ':path': '/receiver/api/x', ':method': 'POST' });
    const drip = setInterval(() => stream.writable && stream.write('x'), 50);
    t.after(() => clearInterval(drip));
    stream.on('error', () => undefined).resume();
    await new Promise((resolve) => stream.once('close', resolve));
    assert.notEqual(stream.rstCode, constants.NGHTTP2_NO_ERROR);
  });
});

test('an answer that nobody reads is given up, however busy its connection is', async (t) => {
  const quick = await startGateway(service.url, { clearHttp2: true, keepAliveMs: 100 });
  t.after(() => quick.stop());
  const session = connectHttp2(quick.url, { settings: { initialWindowSize: 0 } });
  session.on('error', () => undefined);
  const pings = setInterval(() => session.ping(() => undefined), 120);
  t.after(() => {
    clearInterval(pings);
    session.destroy();
  });
  for (const headers of [{ ':path': '/me' }, { ...key, ':path': '/v3/api-docs' }]) {
    const stream = session.request(headers).on('error', () => undefined);
    await once(stream, 'close');
    assert.equal(stream.rstCode, constants.NGHTTP2_CANCEL, headers[':path']);
  }
});

const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

function frame(type: number, flags: number, stream: number, payload = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** Sends frames until the gateway has enough of them. */
async function flood(next: Buffer, first: Buffer = Buffer.alloc(0)): Promise<void> {
  const socket = connect(gateway.port, '127.0.0.1');
  socket.write(Buffer.concat([Buffer.from(preface), frame(4, 0, 0), first]));
  const many = Buffer.concat(Array.from({ length: 500 }, () => next));
  const more = setInterval(() => socket.writable && socket.write(many), 1);
  await readAll(socket);
  clearInterval(more);
  assert.equal((await gateway.ask('GET', '/dbmanager/x', key)).status, 200);
}

/** A header without an index (RFC 7541 §6.2.2), name and value shorter than 127 bytes. */
function literal(name: string, value: string): Buffer {
  const [one, other] = [Buffer.from(name), Buffer.from(value)];
  return Buffer.concat([Buffer.from([0, one.length]), one, Buffer.from([other.length]), other]);
}

describe('what broke off does not look whole', () => {
  /** Sends a ping and waits for its answer: what was sent before has been read then. */
  async function pong(socket: Socket): Promise<void> {
    socket.write(frame(6, 0, 0, Buffer.from('anybody?')));
    for (let heard = ''; !heard.includes('anybody?');) heard += String((await once(socket, 'data'))[0]);
  }

  /** Begins a POST, sends a part of its body, and resets the stream. */
  async function breakOff(t: TestContext, path: string, more: Record<string, string>, ready: (s: Socket) => unknown) {
    const socket = connect(gateway.port, '127.0.0.1');
    socket.on('error', () => socket.destroy());
    t.after(() => socket.destroy());
    const pseudo = { ':method': 'POST', ':path': path, ':scheme': 'http', ':authority': 'gateway' };
    const headers = Object.entries({ ...pseudo, ...key, ...more }).map(([name, value]) => literal(name, value));
    const begun = [frame(4, 0, 0), frame(1, 4, 1, Buffer.concat(headers)), frame(0, 0, 1, Buffer.from('half'))];
    socket.write(Buffer.concat([Buffer.from(preface), ...begun]));
    await ready(socket);
    socket.write(frame(3, 0, 1, Buffer.from([0, 0, 0, 8])));
    await pong(socket);
  }

  test('a body that its client does not send to its end reaches no service as a whole one', async (t) => {
    const heard = () => service.seen.find(({ url }) => url === '/part');
    await breakOff(t, '/scheduler/part', {}, () => eventually('the service is asked', () => heard() !== undefined));
    await eventually('the service hears of it', () => heard()!.destroyed || heard()!.complete);
    assert.equal(heard()!.complete, false);
  });

  test('nor is a short one handed on, whenever it broke off', async (t) => {
    await breakOff(t, '/scheduler/short', { 'content-length': '100' }, () => undefined);
    await breakOff(t, '/scheduler/short', { 'content-length': '100' }, pong);
    assert.equal((await gateway.ask('GET', '/scheduler/after', key)).status, 200);
    assert.ok(!service.seen.some(({ url }) => url === '/short'));
  });

  test('an answer ends with an error', async (t) => {
    const stream = open(t).request({ ...key, ':path': '/dbmanager/broken' });
    stream.on('error', () => undefined).resume();
    await new Promise((resolve) => stream.once('close', resolve));
    assert.equal(stream.rstCode, constants.NGHTTP2_INTERNAL_ERROR);
  });
});

describe('floods of frames end the connection', () => {
  // A literal header without indexing, name and value of one byte.
  const header = Buffer.from([0x00, 0x01, 0x78, 0x01, 0x79]);

  test('settings', () => flood(frame(4, 0, 0, Buffer.from([0, 4, 0, 0, 0xff, 0xff]))));
  test('pings', () => flood(frame(6, 0, 0, Buffer.alloc(8))));
  test('headers without an end', () => flood(frame(9, 0, 1, header), frame(1, 0, 1, header)));
  test('frames of streams that never were', () => flood(frame(0, 0, 7, Buffer.from('x'))));
  test('what is no frame', () => flood(Buffer.from('GET / HTTP/1.1\r\n\r\n')));
});
