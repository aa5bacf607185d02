// gateway: tests of TLS: certificates by host, replaced while it runs; clients' certificates; HTTP/2 and the way from http to https.
import { systemClock } from '@staffetta/platform/clock.ts';
import { readSettings, type SettingsOf } from '@staffetta/platform/config/settings.ts';
import { createLog } from '@staffetta/platform/telemetry/log.ts';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { connect as connectHttp2, type IncomingHttpHeaders } from 'node:http2';
import { Agent, request as secureRequest, type RequestOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test, type TestContext } from 'node:test';
import { connect, type TLSSocket } from 'node:tls';
import type { settings } from '../config.ts';
import { arubaKey, echo, startGateway, startService, type TestService } from '../gateway-test-kit.ts';
import { createRedirectServer } from './redirect.ts';
import { openServerCertificates } from './server-certificates.ts';
import { testAuthority } from './test-certificates.ts';
import { eventually } from './test-wire.ts';
import { tlsSettings } from './tls-settings.ts';

const authority = testAuthority('Test authority');
const clients = testAuthority('Test authority of clients');
const strangers = testAuthority('Nobody knows it');
let service: TestService;
let dir: string;

before(async () => {
  service = await startService((incoming, response) => void echo(incoming, response));
  dir = mkdtempSync(join(tmpdir(), 'staffetta-tls-'));
});

after(async () => {
  await service.stop();
  rmSync(dir, { recursive: true });
});

let files = 0;

function write(text: string): string {
  files += 1;
  const file = join(dir, `${files}.pem`);
  writeFileSync(file, text);
  return file;
}

function pairOf(host: string) {
  const { cert, key } = authority.make({ commonName: host, hosts: [host] });
  return { certFile: write(cert), keyFile: write(key) };
}

async function start(t: TestContext, changes: Partial<SettingsOf<typeof settings>> = {}) {
  const pair = pairOf('localhost');
  const gateway = await startGateway(service.url, { tlsCert: [pair.certFile], tlsKey: [pair.keyFile], ...changes });
  t.after(() => gateway.stop());
  return { ...pair, ...gateway };
}

async function ask(port: number, options: RequestOptions = {}) {
  const asked = secureRequest({
    port,
    host: '127.0.0.1',
    servername: 'localhost',
    ca: authority.cert,
    path: '/dbmanager/x',
    ...options,
  });
  asked.end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  const text = Buffer.concat(await answer.toArray()).toString();
  return { status: answer.statusCode, headers: answer.headers, text };
}

/** The name on the certificate that a client is shown. */
async function shown(port: number, servername: string): Promise<string | undefined> {
  const socket: TLSSocket = connect({ port, host: '127.0.0.1', servername, rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { subject } = socket.getPeerCertificate();
  socket.destroy();
  return String(subject.CN);
}

describe('TLS', () => {
  test('HTTP/1.1 and HTTP/2 are spoken on one port, and services hear of https', async (t) => {
    const { port } = await start(t);
    const { status, headers, text } = await ask(port, { headers: arubaKey, agent: false });
    assert.equal(status, 200);
    assert.match(headers['strict-transport-security'] ?? '', /^max-age=15552000$/);
    assert.equal((JSON.parse(text) as { headers: Record<string, string> }).headers['x-forwarded-proto'], 'https');
    const session = connectHttp2(`https://localhost:${port}`, { ca: authority.cert });
    t.after(() => session.destroy());
    const stream = session.request({ ':path': '/dbmanager/x', ...arubaKey });
    const [answer] = (await once(stream, 'response')) as [IncomingHttpHeaders];
    assert.deepEqual([answer[':status'], answer['strict-transport-security']], [200, 'max-age=15552000']);
    assert.equal(session.alpnProtocol, 'h2');
    stream.close();
  });

  test('old versions of TLS are refused', async (t) => {
    const { port } = await start(t);
    const socket = connect({
      port,
      host: '127.0.0.1',
      maxVersion: 'TLSv1.1',
      minVersion: 'TLSv1',
      rejectUnauthorized: false,
      ciphers: 'DEFAULT@SECLEVEL=0',
    });
    await assert.rejects(once(socket, 'secureConnect'));
  });

  test('what is no TLS ends its own connection only', async (t) => {
    const { port } = await start(t);
    const asked = get({ port, host: '127.0.0.1' });
    await assert.rejects(once(asked, 'response'));
    assert.equal((await ask(port, { headers: arubaKey })).status, 200);
  });

  test('each host is shown its own certificate, others the first', async (t) => {
    const [one, two] = [pairOf('one.example'), pairOf('two.example')];
    const { port } = await start(t, { tlsCert: [one.certFile, two.certFile], tlsKey: [one.keyFile, two.keyFile] });
    assert.equal(await shown(port, 'one.example'), 'one.example');
    assert.equal(await shown(port, 'two.example'), 'two.example');
    assert.equal(await shown(port, 'three.example'), 'one.example');
    assert.equal(await shown(port, ''), 'one.example');
  });

  test('a start with files that do not fit is refused in clear words', async (t) => {
    const one = pairOf('one.example');
    const act = start(t, { tlsCert: [one.certFile], tlsKey: [pairOf('two.example').keyFile] });
    await assert.rejects(act, { code: 'SETTING_WRONG', message: /GATEWAY_TLS_KEY, pair 1: they do not fit/ });
    await assert.rejects(start(t, { tlsKey: [] }), { code: 'SETTING_WRONG', message: /as many files/ });
    await assert.rejects(start(t, { tlsCert: [join(dir, 'gone')] }), {
      code: 'SETTING_WRONG',
      message: /cannot be read/,
    });
  });
});

describe('changed files', () => {
  test('count without a restart, and open connections go on', async (t) => {
    const { port, certFile, keyFile } = await start(t, { tlsLookMs: 50 });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    t.after(() => agent.destroy());
    assert.equal((await ask(port, { agent, headers: arubaKey })).status, 200);
    const fresh = authority.make({ commonName: 'fresh', hosts: ['localhost'] });
    writeFileSync(certFile, fresh.cert);
    writeFileSync(keyFile, fresh.key);
    for (const host of ['localhost', '']) {
      await eventually('the new one is shown', async () => (await shown(port, host)) === 'fresh');
    }
    assert.equal((await ask(port, { agent, headers: arubaKey })).status, 200);
    const sockets = Object.values(agent.freeSockets).flat();
    assert.equal(sockets.length, 1);
  });

  test('that do not fit are refused: the old ones stay, health tells, until they are right', async (t) => {
    const { port, certFile, keyFile } = await start(t, { tlsLookMs: 50 });
    const health = async () => (await ask(port, { path: '/actuator/health' })).text;
    assert.match(await health(), /"certificates":\{"status":"UP"/);
    const next = authority.make({ commonName: 'next', hosts: ['localhost'] });
    writeFileSync(certFile, next.cert);
    await eventually('health tells', async () =>
      /"certificates":\{"status":"DEGRADED".*stay in force/.test(await health()),
    );
    assert.equal(await shown(port, 'localhost'), 'localhost');
    writeFileSync(certFile, 'rubbish');
    assert.equal((await ask(port, { headers: arubaKey })).status, 200);
    writeFileSync(certFile, next.cert);
    writeFileSync(keyFile, next.key);
    await eventually('it is right', async () => (await shown(port, 'localhost')) === 'next');
    assert.match(await health(), /"certificates":\{"status":"UP"/);
  });

  test('that have ended are refused in place of those that have not', async (t) => {
    const { port, certFile, keyFile } = await start(t, { tlsLookMs: 50 });
    const ended = authority.make({ commonName: 'ended', hosts: ['localhost'], validTo: new Date('2021-01-01') });
    writeFileSync(keyFile, ended.key);
    writeFileSync(certFile, ended.cert);
    const health = async () => (await ask(port, { path: '/actuator/health' })).text;
    await eventually('health tells', async () => (await health()).includes('has ended'));
    assert.equal(await shown(port, 'localhost'), 'localhost');
  });

  test('a certificate that is about to end degrades health', async () => {
    const soon = authority.make({ commonName: 'soon', hosts: ['localhost'], validTo: new Date('2026-11-30') });
    const { values } = readSettings(tlsSettings, {});
    const changes = { tlsCert: [write(soon.cert)], tlsKey: [write(soon.key)] };
    const certificates = openServerCertificates(
      { ...values, ...changes },
      { log: createLog('silent'), nowMs: () => Date.parse('2026-11-25') },
    );
    await assert.rejects(certificates.health.check(), /CN=soon ends at/);
    certificates.close();
  });
});

describe('certificates of clients', () => {
  const erp = clients.make({ commonName: 'erp.example' });
  const acme = clients.make({ commonName: 'x', hosts: ['acme.example'] });
  const mapping = ['erp:ARUBA:cn=erp.example', 'acme:CUSTOMER:2:san=DNS:acme.example'];
  const settingsOf = (tlsClientAuth: 'optional' | 'required') => ({
    tlsClientCa: write(clients.cert),
    tlsClientAuth,
    clientCertificates: mapping,
  });

  test('sign in whom the settings name', async (t) => {
    const { port } = await start(t, settingsOf('required'));
    assert.equal((await ask(port, { ...erp, path: '/sender/x', agent: false })).status, 200);
    assert.equal((await ask(port, { ...acme, path: '/dbmanager/x', agent: false })).status, 200);
    assert.equal((await ask(port, { ...acme, path: '/sender/x', agent: false })).status, 403);
    const session = connectHttp2(`https://localhost:${port}`, { ca: authority.cert, ...erp });
    t.after(() => session.destroy());
    const stream = session.request({ ':path': '/sender/x' });
    const [answer] = (await once(stream, 'response')) as [IncomingHttpHeaders];
    assert.equal(answer[':status'], 200);
    stream.close();
  });

  test('where they must be shown, nobody comes in without one of the authority', async (t) => {
    const { port } = await start(t, settingsOf('required'));
    await assert.rejects(ask(port, { headers: arubaKey, agent: false }));
    const { cert, key } = strangers.make({ commonName: 'erp.example' });
    await assert.rejects(ask(port, { cert, key, headers: arubaKey, agent: false }));
  });

  test('where they may be shown, a key does as well, and a stranger’s certificate is 401', async (t) => {
    const { port } = await start(t, settingsOf('optional'));
    assert.equal((await ask(port, { headers: arubaKey, agent: false })).status, 200);
    assert.equal((await ask(port, { agent: false })).status, 401);
    assert.equal((await ask(port, { ...erp, agent: false })).status, 200);
    const unknown = clients.make({ commonName: 'nobody' });
    assert.equal((await ask(port, { ...unknown, agent: false })).status, 401);
    assert.equal((await ask(port, { ...unknown, headers: arubaKey, agent: false })).status, 200);
    const forged = strangers.make({ commonName: 'erp.example' });
    const { status, text } = await ask(port, { ...forged, agent: false });
    assert.equal(status, 401);
    assert.match(text, /certificate that the client shows does not count/);
    const ended = clients.make({ commonName: 'erp.example', validTo: new Date('2021-01-01') });
    assert.equal((await ask(port, { ...ended, agent: false })).status, 401);
  });

  test('shown by a browser change nothing for a page of somebody else', async (t) => {
    const { port } = await start(t, settingsOf('required'));
    const own = `https://localhost:${port}`;
    const post = (headers: Record<string, string>) =>
      ask(port, { ...erp, method: 'POST', headers: { host: `localhost:${port}`, ...headers }, agent: false });
    assert.equal((await post({})).status, 200, 'a program');
    assert.equal((await post({ origin: own })).status, 200);
    assert.equal((await post({ origin: own, 'sec-fetch-site': 'same-origin' })).status, 200);
    for (const headers of [
      { origin: 'https://evil.example' },
      { 'sec-fetch-site': 'cross-site' },
      { origin: 'null' },
    ]) {
      const { status, text } = await post(headers);
      assert.equal(status, 403);
      assert.match(text, /rides on the certificate that a browser shows by itself/);
    }
    assert.equal((await post({ origin: 'https://evil.example', ...arubaKey })).status, 200, 'no browser shows a key');
    const read = { ...erp, headers: { origin: 'https://evil.example' }, agent: false };
    assert.equal((await ask(port, read)).status, 200);
  });

  test('serve the pages of origins that may call with credentials', async (t) => {
    const friend = 'https://erp.example.it';
    const cors = { corsOrigins: [friend], corsCredentials: true };
    const { port } = await start(t, { ...settingsOf('required'), ...cors });
    const from = async (origin: string) =>
      (await ask(port, { ...erp, method: 'POST', headers: { origin, 'sec-fetch-site': 'cross-site' }, agent: false }))
        .status;
    assert.deepEqual([await from(friend), await from('https://evil.example')], [200, 403]);
  });

  test('a mapping that is none stops the start', async (t) => {
    for (const [entry, words] of [
      ['erp:ARUBA', /right parts/],
      ['erp:ARUBA:ou=x', /does not say what/],
      ['acme:CUSTOMER:cn=x', /customer id/],
      ['erp:ARUBA:sha256=12', /64 hexadecimal/],
    ] as const) {
      await assert.rejects(start(t, { clientCertificates: [entry] }), { code: 'SETTING_WRONG', message: words });
    }
  });
});

describe('the port of plain http', () => {
  const rules = { hosts: ['gateway'], urlBytesMax: 1000, headerCountMax: 50, headerBytesMax: 10_000 };

  async function askPlain(t: TestContext, path: string, headers: Record<string, string>, method = 'GET') {
    const server = createRedirectServer({
      rules: () => rules,
      port: () => 8443,
      headersTimeoutMs: 1000,
      now: () => systemClock.now(),
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => server.close());
    const asked = get({
      port: (server.address() as AddressInfo).port,
      path,
      method,
      headers: { host: 'gateway:80', ...headers },
    });
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    answer.resume();
    return { status: answer.statusCode, location: answer.headers.location };
  }

  test('leads to https', async (t) => {
    assert.deepEqual(await askPlain(t, '/x?y=1', {}), { status: 308, location: 'https://gateway:8443/x?y=1' });
  });

  test('does not lead on who sent a credential, or a body', async (t) => {
    assert.equal((await askPlain(t, '/x', arubaKey)).status, 403);
    assert.equal((await askPlain(t, '/x', { authorization: 'Bearer x' })).status, 403);
    assert.equal((await askPlain(t, '/x', {}, 'POST')).status, 403);
  });

  test('leads nowhere else', async (t) => {
    assert.equal((await askPlain(t, '/x', { host: 'elsewhere.example' })).status, 421);
    assert.equal((await askPlain(t, 'http://elsewhere.example/x', {})).status, 400);
  });

  test('opens beside https', async (t) => {
    const { port } = await start(t, { redirectPort: 0 });
    assert.equal((await ask(port, { headers: arubaKey })).status, 200);
  });
});
