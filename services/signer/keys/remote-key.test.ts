// signer: a key behind a remote signing service, which may be away, refuse, or answer nonsense.
import { Folder, madeKey } from '@staffetta/fatturapa/signature/keys.fixture.ts';
import { HubError } from '@staffetta/flow/errors.ts';
import { servers } from '@staffetta/tools/servers/available.ts';
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { conformanceOf, holderOn } from './key-conformance.ts';
import { readCertificates } from './read-certificates.ts';
import { remoteKey } from './remote-key.ts';
import {
  startRemoteSigningService,
  type Misbehaviour,
  type RemoteSigningService,
} from './remote-signing-service.fixture.ts';

const running: RemoteSigningService[] = [];
after(() => Promise.all(running.map((service) => service.stop())));

async function started(
  ...[key, certificate]: [ReturnType<typeof madeKey>, Uint8Array?]
): Promise<RemoteSigningService> {
  const service = await startRemoteSigningService(key, 'right', certificate);
  running.push(service);
  return service;
}

function faceOf({ url }: Pick<RemoteSigningService, 'url'>, secret = 'right', timeoutMs = 5000) {
  return remoteKey({ url, secret, timeoutMs, certificates: [] });
}

conformanceOf({
  name: 'a remote signing service',
  missing: servers.openssl.missing,
  place: async (kind) => faceOf(await started(madeKey(kind))),
  wrongSecret: async () => ({ face: faceOf(await started(madeKey('EC')), 'wrong'), setting: 'SIGNER_REMOTE_SECRET' }),
  otherCertificate: async () => faceOf(await started(madeKey('EC'), madeKey('EC').certificate)),
});

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof HubError, String(error));
  return error.code;
}

test('a service that is away at the start does not stop it; the key is there once the service is', async () => {
  const service = await started(madeKey('EC'));
  service.misbehave((_request, answer) => (answer.writeHead(503).end('maintenance'), true));
  const holder = holderOn(faceOf(service));
  await holder.start();
  assert.match(holder.state.trouble?.message ?? '', /answered 503: maintenance/);
  assert.equal(await codeOf(holder.key()), 'SIGNING_FAILED');
  service.misbehave(undefined);
  assert.equal((await holder.key()).algorithm, 'ECDSA-SHA256');
  assert.equal(holder.state.trouble, undefined);
  await holder.close();
});

test('it is looked for again by itself', async () => {
  const service = await started(madeKey('EC'));
  service.misbehave((request) => (request.destroy(), true));
  const holder = holderOn(faceOf(service), 5);
  await holder.start();
  service.misbehave(undefined);
  while (!holder.state.key) await new Promise((soon) => setTimeout(soon, 2));
  await holder.close();
});

const nonsense: Record<string, Misbehaviour> = {
  'an answer that is no JSON': (_request, answer) => (answer.end('<html>'), true),
  'an answer without the field': (_request, answer) => (answer.end('{}'), true),
  'a field that is no base64': (_request, answer) => (answer.end('{"signature":"ü","certificate":"ü"}'), true),
  'an answer without end': (_request, answer) => (answer.end('x'.repeat(1_000_000)), true),
  'an answer that sends us elsewhere': (_request, answer) => (answer.writeHead(302, { location: '/' }).end(), true),
  'no answer at all': () => true,
  'a broken connection': (request) => (request.destroy(), true),
};
for (const [what, how] of Object.entries(nonsense)) {
  test(`${what} is a failure that may pass, at the opening and at a signature`, async () => {
    const service = await started(madeKey('EC'));
    const face = faceOf(service, 'right', 300);
    const key = await face.open();
    service.misbehave(how);
    assert.equal(await codeOf(key.sign(Buffer.from('x'))), 'SIGNING_FAILED');
    assert.equal(await codeOf(face.open()), 'SIGNING_FAILED');
  });
}

test(
  'with a certificate of its own the service is asked for signatures only',
  { skip: servers.openssl.missing },
  async () => {
    const folder = await Folder.make();
    const key = madeKey('EC');
    const certificates = await readCertificates(await folder.write('c.pem', key.certificatePem));
    const service = await started(key);
    const opened = await remoteKey({ url: service.url, secret: 'right', timeoutMs: 5000, certificates }).open();
    await opened.sign(Buffer.from('x'));
    assert.deepEqual(service.asked, ['POST /v1/sign']);
    await assert.rejects(
      readCertificates(await folder.write('none.pem', 'none')),
      /SIGNER_CERTIFICATE=.*no certificate/,
    );
    await folder.remove();
  },
);
