// signer: a key on a PKCS#11 token, tried on SoftHSM.
import { Folder, madeKey, runs, type MadeKey } from '@staffetta/fatturapa/signature/keys.fixture.ts';
import { HubError } from '@staffetta/flow/errors.ts';
import { servers, softhsmModule } from '@staffetta/tools/servers/available.ts';
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { conformanceOf } from './key-conformance.ts';
import type { KeyFace } from './key-face.ts';
import { tokenKey, type TokenKeyOptions } from './token-key.ts';

const { missing } = servers.softhsm;
const keys = { RSA: madeKey('RSA'), EC: madeKey('EC'), 'EC-384': madeKey('EC-384') };

/** pkcs11-tool takes the first token whose label begins so: none may be the beginning of another. */
const tokenOf = (kind: string): string => `${kind} card`;

let folder: Folder;

async function must(program: string, ...words: string[]): Promise<void> {
  const { ok, output } = await runs(program, ...words);
  assert.ok(ok, output);
}

/** Puts a key and its certificate onto a token. */
async function put(
  token: string,
  label: string,
  id: string,
  key: MadeKey,
  certificate = key.certificate,
): Promise<void> {
  const pem = await folder.write('key.pem', key.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString());
  await must('softhsm2-util', '--import', pem, '--token', token, '--label', label, '--id', id, '--pin', '1234');
  const der = await folder.write('certificate.der', certificate);
  const words = ['--module', softhsmModule(), '--token-label', token, '--login', '--pin', '1234'];
  await must('pkcs11-tool', ...words, '--write-object', der, '--type', 'cert', '--id', id, '--label', label);
}

before(async () => {
  if (missing) return;
  folder = await Folder.make();
  await folder.write(
    'softhsm2.conf',
    `directories.tokendir = ${folder.path}\nobjectstore.backend = file\nlog.level = ERROR\n`,
  );
  process.env['SOFTHSM2_CONF'] = folder.of('softhsm2.conf');
  for (const token of [...Object.keys(keys).map(tokenOf), 'several', 'other']) {
    await must('softhsm2-util', '--init-token', '--free', '--label', token, '--pin', '1234', '--so-pin', '5678');
  }
  for (const [kind, key] of Object.entries(keys)) await put(tokenOf(kind), 'firma', '01', key);
  await put('several', 'prima', '01', keys.RSA);
  await put('several', 'seconda', '02', keys.EC);
  await put('other', 'firma', '01', keys.RSA, madeKey('RSA').certificate);
});
after(async () => {
  delete process.env['SOFTHSM2_CONF'];
  if (!missing) await folder.remove();
});

function faceOf(token: string | undefined, changes: Partial<TokenKeyOptions> = {}): KeyFace {
  return tokenKey({ module: softhsmModule(), token, key: undefined, pin: '1234', certificates: [], ...changes });
}

conformanceOf({
  name: 'a PKCS#11 token',
  missing: missing || servers.openssl.missing,
  place: (kind) => Promise.resolve(faceOf(tokenOf(kind))),
  wrongSecret: () => Promise.resolve({ face: faceOf(tokenOf('RSA'), { pin: '9999' }), setting: 'SIGNER_PKCS11_PIN' }),
  otherCertificate: () => Promise.resolve(faceOf('other')),
});

describe('on a token', { skip: missing }, () => {
  async function wrong(face: KeyFace): Promise<string> {
    const error = await face.open().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof HubError && error.code === 'SETTING_WRONG', String(error));
    return error.message;
  }

  test('a PIN that was refused is not tried again, so that the card does not lock itself', async () => {
    const face = faceOf(tokenOf('RSA'), { pin: '9999' });
    const messages = [await wrong(face), await wrong(face)];
    assert.match(messages[0]!, /CKR_PIN_INCORRECT/);
    assert.equal(messages[0], messages[1]);
  });

  test('the label chooses among keys, and without one they are named', async () => {
    assert.match(await wrong(faceOf('several')), /several keys: name one of "prima", "seconda" in SIGNER_PKCS11_KEY/);
    assert.match(
      await wrong(faceOf('several', { key: 'terza' })),
      /no such private key \(it holds: "prima", "seconda"\)/,
    );
    const key = await faceOf('several', { key: 'seconda' }).open();
    assert.deepEqual(Buffer.from(key.certificate), Buffer.from(keys.EC.certificate));
    await key.close();
  });

  test('a token that is not present is told with those that are, and several must be chosen from', async () => {
    assert.match(await wrong(faceOf('absent')), /"absent" is not present \(present: .*"RSA card"/);
    assert.match(await wrong(faceOf(undefined)), /Several tokens are present: name one of .*SIGNER_PKCS11_TOKEN/);
  });

  test('a certificate in a file of its own stands in for one on the token', async () => {
    const key = await faceOf(tokenOf('EC'), { certificates: [keys.EC.certificate] }).open();
    assert.equal(key.algorithm, 'ECDSA-SHA256');
    await key.close();
  });

  test('without its PIN a token shows no private key, and the setting is named', async () => {
    assert.match(await wrong(faceOf(tokenOf('RSA'), { pin: undefined })), /SIGNER_PKCS11_PIN/);
  });
});

test('a module that is none, or not there, is told by its setting', async () => {
  for (const module of ['/nowhere/libnone.so', process.execPath]) {
    await assert.rejects(faceOf(tokenOf('RSA'), { module }).open(), (error: unknown) => {
      assert.ok(error instanceof HubError);
      assert.equal(error.code, 'SETTING_WRONG');
      assert.match(error.message, /SIGNER_PKCS11_MODULE=/);
      return true;
    });
  }
});
