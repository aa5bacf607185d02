// configserver: what Spring's own server encrypted is decrypted, and the other way round the shape is the same.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, test } from 'node:test';
import { openCipher, type CipherOptions } from './cipher.ts';

const options: CipherOptions = { key: 'secretkey', salt: 'deadbeef', rsaStrong: false, rsaAlgorithm: 'DEFAULT' };

/** Made by a Spring Cloud Config server 4.3 with `encrypt.key=secretkey`. */
const fromSpring = {
  '48ccab0c31a7047e970840afc5aa27eed037498074ce57dbb1b82b58d492183c': 'topsecret',
  e3f16cbe93a42852a30cff9d9423593015e7d1592bd00ed82e9f52ebcc936401: 'hello wörld',
};

describe('a secret', () => {
  test('decrypts what Spring encrypted', () => {
    const cipher = openCipher(options);
    for (const [text, plain] of Object.entries(fromSpring)) assert.equal(cipher.decrypt(text), plain);
  });

  test('encrypts into hexadecimal, never twice alike', () => {
    const cipher = openCipher({ ...options, salt: 'no hex' });
    const [one, two] = [cipher.encrypt('perché €'), cipher.encrypt('perché €')];
    assert.match(one, /^[0-9a-f]{64}$/);
    assert.notEqual(one, two);
    assert.equal(cipher.decrypt(one), 'perché €');
    assert.equal(cipher.publicKey, undefined);
  });

  test('refuses what is not its own', () => {
    const [text = ''] = Object.keys(fromSpring);
    for (const wrong of ['', 'zz', text.slice(2), text.slice(0, 32), `00${text}`, `${text.slice(0, -2)}ff`]) {
      assert.throws(() => openCipher(options).decrypt(wrong), Error, wrong);
    }
    assert.throws(() => openCipher({ ...options, key: 'another' }).decrypt(text));
    assert.throws(() => openCipher({ ...options, salt: 'deadbeee' }).decrypt(text));
  });
});

describe('a key pair', () => {
  const pem = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  }).privateKey;

  test('encrypts into base64 with the length of the hidden secret in front, by either algorithm', () => {
    for (const rsaStrong of [false, true]) {
      for (const rsaAlgorithm of ['DEFAULT', 'OAEP'] as const) {
        const cipher = openCipher({ ...options, key: pem.replaceAll('\n', '\\n'), rsaStrong, rsaAlgorithm });
        const text = cipher.encrypt('perché €');
        assert.equal(Buffer.from(text, 'base64').readUInt16BE(0), 256);
        assert.equal(cipher.decrypt(text), 'perché €');
        const bytes = Buffer.from(text, 'base64');
        bytes[300]! ^= 1;
        if (rsaStrong) assert.throws(() => cipher.decrypt(bytes.toString('base64')));
      }
    }
  });

  test('shows its public half as OpenSSH does', () => {
    assert.match(
      openCipher({ ...options, key: pem }).publicKey ?? '',
      /^ssh-rsa AAAAB3NzaC1yc2E[\w+/]+=* application$/,
    );
  });

  test('refuses what is not its own, and a key that is none', () => {
    for (const wrong of ['', 'AAAA', 'deadbeef', 'x'.repeat(500)]) {
      assert.throws(() => openCipher({ ...options, key: pem }).decrypt(wrong), Error, wrong);
    }
    const { privateKey } = generateKeyPairSync('ed25519');
    const other = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    for (const key of ['-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----', other]) {
      assert.throws(() => openCipher({ ...options, key }), {
        code: 'SETTING_WRONG',
        message: /ENCRYPT_KEY=\(secret\)/,
      });
    }
  });
});
