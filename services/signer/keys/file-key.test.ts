// signer: a key in a PKCS#12 file, and the trial key of profile dev.
import { Folder, madeKey, runs, type MadeKey } from '@staffetta/fatturapa/signature/keys.fixture.ts';
import { HubError } from '@staffetta/flow/errors.ts';
import { systemClock } from '@staffetta/platform/clock.ts';
import type { World } from '@staffetta/platform/service.ts';
import { createLog } from '@staffetta/platform/telemetry/log.ts';
import { servers } from '@staffetta/tools/servers/available.ts';
import assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { fileKey } from './file-key.ts';
import { conformanceOf } from './key-conformance.ts';
import { readSecret } from './read-secret.ts';
import { trialKey } from './trial-key.ts';

let folder: Folder;
let count = 0;
before(async () => {
  folder = await Folder.make();
});
after(() => folder.remove());

async function fileOf(key: MadeKey, certificatePem = key.certificatePem): Promise<string> {
  const name = `${(count += 1)}`;
  const pem = key.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  const path = folder.of(`${name}.p12`);
  const [keyFile, certificate] = [
    await folder.write(`${name}.key`, pem),
    await folder.write(`${name}.pem`, certificatePem),
  ];
  const words = ['-inkey', keyFile, '-in', certificate, '-out', path, '-passout', 'pass:right'];
  const { ok, output } = await runs('openssl', 'pkcs12', '-export', ...words);
  // OpenSSL refuses to pack what does not belong together, so that a bare key stands for it.
  if (!ok) await runs('openssl', 'pkcs12', '-export', '-nocerts', ...words.slice(0, 2), ...words.slice(4));
  assert.ok(ok || certificatePem !== key.certificatePem, output);
  return path;
}

const placeOf = (path: string, password = 'right') => fileKey({ path, password, friendlyName: undefined });

conformanceOf({
  name: 'a PKCS#12 file',
  missing: servers.openssl.missing,
  place: async (kind) => placeOf(await fileOf(madeKey(kind))),
  wrongSecret: async () => ({
    face: placeOf(await fileOf(madeKey('EC')), 'wrong'),
    setting: 'SIGNER_PKCS12_PASSWORD',
  }),
  otherCertificate: async () => placeOf(await fileOf(madeKey('EC'), madeKey('EC').certificatePem)),
});

test('a file that is not there, or is no PKCS#12, is told by its setting', async () => {
  const nonsense = await folder.write('nonsense', 'nonsense');
  for (const path of [folder.of('absent.p12'), nonsense]) {
    await assert.rejects(placeOf(path).open(), (error: unknown) => {
      assert.ok(error instanceof HubError);
      assert.equal(error.code, 'SETTING_WRONG');
      assert.ok(error.message.includes(`SIGNER_PKCS12=${JSON.stringify(path)}`), error.message);
      return true;
    });
  }
});

test('a secret lies in a setting or in a file, whose last line break does not count, and never in both', async () => {
  const file = await folder.write('secret', 'tr ic ky \r\n');
  assert.equal(await readSecret('X', 'plain', undefined), 'plain');
  assert.equal(await readSecret('X', undefined, file), 'tr ic ky ');
  assert.equal(await readSecret('X', undefined, undefined), undefined);
  await assert.rejects(readSecret('X', 'plain', file), /either X or X_FILE/);
  await assert.rejects(readSecret('X', undefined, folder.of('absent')), /X_FILE=.* cannot be read/);
});

test('the trial key is made once, for its owner alone, and two that start at once agree on it', async () => {
  const world = { dataDir: folder.of('data'), clock: systemClock, log: createLog('silent') } as World;
  const faces = await Promise.all([trialKey(world), trialKey(world)]);
  const later = await trialKey(world);
  const keys = await Promise.all([...faces, later].map((face) => face.open()));
  assert.equal(new Set(keys.map(({ certificate }) => Buffer.from(certificate).toString('hex'))).size, 1);
  const { mode } = await stat(folder.of('data/signer/trial-key.p12'));
  assert.equal(mode & 0o777, 0o600);
});
