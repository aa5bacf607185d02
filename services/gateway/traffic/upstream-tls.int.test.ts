// gateway: tests of connections by TLS to services behind it: whom it trusts, what it shows, and how that changes while it runs.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { arubaKey, echo, startGateway } from '../gateway-test-kit.ts';
import { testAuthority, type TestAuthority } from '../listener/test-certificates.ts';
import { eventually, startBalanced } from './traffic-test-kit.ts';

/** A service by TLS that asks for a certificate of the authority, and tells whose it was shown. */
async function startSecure(t: TestContext, authority: TestAuthority, clients: TestAuthority) {
  const seen: string[] = [];
  const options = { ...authority.make({ commonName: 'localhost', hosts: ['localhost'] }), ca: clients.cert };
  const server = createServer({ ...options, requestCert: true, rejectUnauthorized: true }, (incoming, response) => {
    const { subject } = (incoming.socket as TLSSocket).getPeerCertificate();
    seen.push(String(subject.CN));
    void echo(incoming, response);
  });
  server.on('tlsClientError', () => undefined);
  server.listen(0, 'localhost');
  await once(server, 'listening');
  t.after(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  return { url: `https://localhost:${(server.address() as AddressInfo).port}`, seen, server };
}

async function filesOf(t: TestContext, authority: TestAuthority, clients: TestAuthority, name: string) {
  const folder = await mkdtemp(join(tmpdir(), 'staffetta-tls-'));
  t.after(() => rm(folder, { recursive: true }));
  const path = (file: string): string => join(folder, file);
  const show = async (commonName: string): Promise<void> => {
    const { cert, key } = clients.make({ commonName });
    await writeFile(path('cert.pem'), cert);
    await writeFile(path('key.pem'), key);
  };
  await writeFile(path('ca.pem'), authority.cert);
  await show(name);
  const settings = {
    upstreamCaFile: path('ca.pem'),
    upstreamCertFile: path('cert.pem'),
    upstreamKeyFile: path('key.pem'),
  };
  return { path, show, settings };
}

describe('a service by TLS', () => {
  test('is found in the registry by its secure port, trusted by the authority, and shown our certificate', async (t) => {
    const [servers, clients] = [testAuthority('Servers'), testAuthority('Clients')];
    const service = await startSecure(t, servers, clients);
    const { settings } = await filesOf(t, servers, clients, 'gateway one');
    const gateway = await startBalanced({ sender: [service.url] }, settings);
    t.after(() => gateway.stop());
    assert.equal((await gateway.ask('POST', '/sender/x', arubaKey, 'body')).status, 200);
    assert.deepEqual(service.seen, ['gateway one']);
  });

  test('of an authority that is not trusted is not asked', async (t) => {
    const [servers, clients] = [testAuthority('Servers'), testAuthority('Clients')];
    const service = await startSecure(t, servers, clients);
    const { settings } = await filesOf(t, testAuthority('Others'), clients, 'gateway');
    const gateway = await startGateway(service.url, settings);
    t.after(() => gateway.stop());
    const { status, text } = await gateway.ask('POST', '/sender/x', arubaKey, 'body');
    assert.equal(status, 503);
    assert.match(text, /cannot be reached.*not handed/);
    assert.deepEqual(service.seen, []);
  });

  test('meets a new certificate without a restart; a wrong pair is refused, told, and the old one stays', async (t) => {
    const [servers, clients] = [testAuthority('Servers'), testAuthority('Clients')];
    const service = await startSecure(t, servers, clients);
    const { settings, show, path } = await filesOf(t, servers, clients, 'old');
    const gateway = await startGateway(service.url, { ...settings, filesCheckMs: 10 });
    t.after(() => gateway.stop());
    const shown = async (): Promise<string | undefined> => {
      service.server.closeIdleConnections();
      await gateway.ask('GET', '/sender/x', arubaKey);
      return service.seen.at(-1);
    };
    assert.equal(await shown(), 'old');
    await show('new');
    await eventually('the new one is shown', async () => (await shown()) === 'new');
    await writeFile(path('key.pem'), clients.make({ commonName: 'other' }).key);
    await eventually('the wrong pair is told', async () => {
      const { text } = await gateway.ask('GET', '/actuator/health');
      return /upstreamCertificates.*Those of before are in force/.test(text);
    });
    assert.equal(await shown(), 'new');
  });

  test('with files that do not do stops the start', async (t) => {
    const authority = testAuthority('Both');
    const { settings, path } = await filesOf(t, authority, authority, 'gateway');
    const start = (changes: Parameters<typeof startGateway>[1]) => startGateway('http://127.0.0.1:1', changes);
    await assert.rejects(start({ upstreamCertFile: settings.upstreamCertFile }), {
      code: 'SETTING_WRONG',
      message: /belong together/,
    });
    await assert.rejects(start({ upstreamCaFile: path('none.pem') }), {
      code: 'SETTING_WRONG',
      message: /cannot be read/,
    });
    await writeFile(path('ca.pem'), 'no certificate');
    await assert.rejects(start(settings), { code: 'SETTING_WRONG', message: /no certificate in PEM form/ });
  });
});
