// fatturapa: PKCS#12 files of every make open, the right key is taken, and what is wrong with one is said in words.
import assert from 'node:assert/strict';
import { verify } from 'node:crypto';
import { after, before, test } from 'node:test';
import { servers } from '@staffetta/tools/servers/available.ts';
import fc from 'fast-check';
import { publicKeyOf } from './certificate-facts.ts';
import { Folder, keyKinds, madeKey, runs, type MadeKey } from './keys.fixture.ts';
import { openPkcs12 } from './pkcs12.ts';
import { makeTrialSigner } from './self-signed.ts';
import { SigningKeyError, type SigningKeyTrouble } from './signing-key.ts';

const needed = { skip: servers.openssl.missing };
const data = Buffer.from('signed attributes');

let folder: Folder;
before(async () => {
  folder = await Folder.make();
});
after(() => folder.remove());

interface Making {
  readonly key?: MadeKey;
  readonly password?: string;
  readonly words?: readonly string[];
  readonly certificates?: string;
  readonly name?: string;
}

/** A file as OpenSSL makes it. */
async function madeFile({ key = madeKey('RSA'), password = 'pässword €', words = [], certificates, name }: Making) {
  const pem = key.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  const input = await folder.write('in.pem', `${pem}${certificates ?? key.certificatePem}`);
  const secret = await folder.write('password', `${password}\n`);
  const out = folder.of('out.p12');
  const named = name === undefined ? [] : ['-name', name];
  const args = ['pkcs12', '-export', '-in', input, '-out', out, '-passout', `file:${secret}`, ...named, ...words];
  const { ok, output } = await runs('openssl', ...args);
  assert.ok(ok, output);
  return folder.read('out.p12');
}

function troubleOf(act: () => unknown): { trouble: SigningKeyTrouble; message: string } {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof SigningKeyError, String(error));
    return { trouble: error.trouble, message: error.message };
  }
  throw new Error('It opened.');
}

const makes = {
  'AES-256 with a SHA-256 MAC': [],
  'AES-128 with a SHA-512 MAC': ['-keypbe', 'aes-128-cbc', '-certpbe', 'aes-128-cbc', '-macalg', 'sha512'],
  'RC2 and 3DES, as old programs export': ['-legacy'],
  '3DES with a SHA-1 MAC': ['-legacy', '-descert'],
  'a key that is encrypted beside certificates that are not': ['-certpbe', 'NONE'],
  'no MAC': ['-nomac'],
};
for (const [what, words] of Object.entries(makes)) {
  test(`a file with ${what} opens, and its key signs`, needed, async () => {
    const key = madeKey('RSA');
    const opened = openPkcs12(await madeFile({ key, words }), 'pässword €');
    assert.deepEqual(Buffer.from(opened.certificate), Buffer.from(key.certificate));
    assert.ok(verify('sha256', data, publicKeyOf(key.certificate), await opened.sign(data)));
  });
}

for (const kind of keyKinds) {
  test(`a key of kind ${kind} opens with its certificate, byte for byte`, needed, async () => {
    const key = madeKey(kind);
    const opened = openPkcs12(await madeFile({ key }), 'pässword €');
    assert.equal(opened.algorithm, kind === 'RSA' ? 'RSA-SHA256' : 'ECDSA-SHA256');
    assert.deepEqual(Buffer.from(opened.certificate), Buffer.from(key.certificate));
    assert.ok(verify('sha256', data, publicKeyOf(key.certificate), await opened.sign(data)));
  });
}

test('an empty password opens a file that has one', needed, async () => {
  assert.equal(openPkcs12(await madeFile({ password: '' }), '').chain.length, 0);
});

test('the certificates of the file that stand above the key are its chain, others are not', needed, async () => {
  const above = madeKey('EC', { commonName: 'Autorità', issues: true });
  const [key, other] = [madeKey('RSA', { by: above }), madeKey('EC', { commonName: 'Altro' })];
  const { chain } = openPkcs12(
    await madeFile({ key, certificates: key.certificatePem + other.certificatePem + above.certificatePem }),
    'pässword €',
  );
  assert.deepEqual(
    chain.map((der) => Buffer.from(der)),
    [Buffer.from(above.certificate)],
  );
});

test('the friendly name chooses, and a name that is not there is told with those that are', needed, async () => {
  const file = await madeFile({ key: madeKey('RSA', { commonName: 'Rossi' }), name: 'firma è' });
  assert.ok(openPkcs12(file, 'pässword €', { friendlyName: 'firma è' }).certificate);
  const { trouble, message } = troubleOf(() => openPkcs12(file, 'pässword €', { friendlyName: 'altra' }));
  assert.equal(trouble, 'KEY_MISSING');
  assert.match(message, /no key "altra"; it holds "firma è" \(CN=Rossi/);
});

test('a wrong password is told as such, in old files and new ones', needed, async () => {
  for (const words of [[], ['-legacy'], ['-nomac'], ['-legacy', '-nomac']]) {
    const file = await madeFile({ words });
    for (const password of ['wrong', '', 'pässword €x']) {
      assert.equal(
        troubleOf(() => openPkcs12(file, password)).trouble,
        'PASSWORD_WRONG',
        `${words.join(' ')} ${password}`,
      );
    }
  }
});

test('a file without a key, and a key without a certificate, are told apart', needed, async () => {
  const withoutKey = await madeFile({ words: ['-nokeys'] });
  assert.equal(troubleOf(() => openPkcs12(withoutKey, 'pässword €')).trouble, 'KEY_MISSING');
  const withoutCertificate = await madeFile({ words: ['-nocerts'] });
  assert.equal(troubleOf(() => openPkcs12(withoutCertificate, 'pässword €')).trouble, 'CERTIFICATE_MISSING');
});

test('an RSA key below 2048 bits is refused with the bits it has', () => {
  const { trouble, message } = troubleOf(() => madeKey('RSA', { bits: 1024 }));
  assert.equal(trouble, 'KEY_NOT_SUPPORTED');
  assert.match(message, /RSA with 1024 bits/);
});

test('a key on a curve that verifiers do not take is refused when it is opened, with the curve', () => {
  const { trouble, message } = troubleOf(() => madeKey('EC', { curve: 'secp256k1' }));
  assert.equal(trouble, 'KEY_NOT_SUPPORTED');
  assert.match(message, /on the curve secp256k1.*they take prime256v1/);
});

test('an instant outside of the certificate is refused, with the day', needed, async () => {
  const file = await madeFile({ key: madeKey('EC') });
  const openAt = (day: string) => troubleOf(() => openPkcs12(file, 'pässword €', { at: new Date(day) }));
  assert.equal(openAt('2036-01-02').trouble, 'CERTIFICATE_EXPIRED');
  assert.match(openAt('2036-01-02').message, /expired on 2036-01-01/);
  assert.equal(openAt('2019-12-31').trouble, 'CERTIFICATE_NOT_YET_VALID');
});

test('a trial signer opens with its password, is valid from its first day, and signs', async () => {
  const from = new Date('2026-11-22T00:00:00Z');
  const file = await makeTrialSigner({ commonName: 'Firma di prova', from, days: 365, password: 'x' });
  const key = openPkcs12(file, 'x', { at: new Date('2026-11-23'), friendlyName: 'Firma di prova' });
  assert.ok(verify('sha256', data, publicKeyOf(key.certificate), await key.sign(data)));
  assert.equal(troubleOf(() => openPkcs12(file, 'x', { at: new Date('2027-11-24') })).trouble, 'CERTIFICATE_EXPIRED');
});

test('any bytes, and any damage to a file, give a key or an error in words', async () => {
  const whole = await makeTrialSigner({ commonName: 'X', from: new Date(), days: 1, password: 'x' });
  const opens = (bytes: Uint8Array): void => {
    try {
      openPkcs12(bytes, 'x');
    } catch (error) {
      assert.ok(error instanceof SigningKeyError, String(error));
    }
  };
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), opens), { numRuns: 300 });
  const place = fc.nat(whole.length - 1);
  fc.assert(
    fc.property(place, fc.nat(255), place, (at, value, end) => {
      const changed = Buffer.from(whole);
      changed[at] = value;
      opens(changed);
      opens(changed.subarray(0, end));
    }),
    { numRuns: 60 },
  );
});
