// signer: what every place of a key must do alike; each face runs these facts.
import { signCades } from '@staffetta/fatturapa/signature/cades.ts';
import { publicKeyOf } from '@staffetta/fatturapa/signature/certificate-facts.ts';
import { Folder, opensslVerify, type KeyKind } from '@staffetta/fatturapa/signature/keys.fixture.ts';
import { HubError } from '@staffetta/flow/errors.ts';
import { systemClock } from '@staffetta/platform/clock.ts';
import { createLog } from '@staffetta/platform/telemetry/log.ts';
import { servers } from '@staffetta/tools/servers/available.ts';
import assert from 'node:assert/strict';
import { randomBytes, verify, X509Certificate } from 'node:crypto';
import { describe, test } from 'node:test';
import type { KeyFace } from './key-face.ts';
import { KeyHolder } from './key-holder.ts';

/** A face with a key of each kind behind it, and what is wrong on purpose. */
export interface FaceToTest {
  readonly name: string;
  /** False, or what it lacks here. */
  readonly missing: false | string;
  /** A place with a good key. */
  place(kind: KeyKind): Promise<KeyFace>;
  /** The same with a wrong secret, and the setting that must be named. */
  wrongSecret(): Promise<{ readonly face: KeyFace; readonly setting: string }>;
  /** A place whose certificate is another key's. */
  otherCertificate(): Promise<KeyFace>;
}

const at = new Date('2026-11-22T09:15:30Z');
const content = Buffer.from('<fattura>Caffè</fattura>');

/** A holder on a face, as the service makes it. */
export function holderOn(face: KeyFace, lookEveryMs = 60_000): KeyHolder {
  return new KeyHolder({ face, clock: systemClock, log: createLog('silent'), lookEveryMs });
}

async function errorOf(work: Promise<unknown>): Promise<HubError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof HubError, `no HubError: ${String(error)}`);
  return error;
}

/**
 * Runs the facts for a face.
 * @param face what is tested
 */
export function conformanceOf(face: FaceToTest): void {
  describe(`a key in ${face.name}`, { skip: face.missing }, () => {
    for (const kind of ['RSA', 'EC'] as const) {
      test(`signs with ${kind} what OpenSSL verifies`, { skip: servers.openssl.missing }, async () => {
        const folder = await Folder.make();
        const holder = holderOn(await face.place(kind));
        try {
          await holder.start();
          const key = await holder.key();
          const pem = new X509Certificate(key.certificate).toString();
          const verdict = await opensslVerify(folder, await signCades(content, key, { at }), pem);
          assert.ok(verdict.ok, verdict.output);
          assert.deepEqual(verdict.content, content);
        } finally {
          await holder.close();
          await folder.remove();
        }
      });
    }

    test('signs many at once, each its own', async () => {
      const key = await (await face.place('EC')).open();
      const all = Array.from({ length: 20 }, () => randomBytes(200));
      const signatures = await Promise.all(all.map((data) => key.sign(data)));
      for (const [index, data] of all.entries()) {
        assert.ok(verify('sha256', data, publicKeyOf(key.certificate), signatures[index]!));
      }
      await key.close();
    });

    test('signs again once it was closed and opened anew', async () => {
      const place = await face.place('RSA');
      const first = await place.open();
      await first.sign(content);
      await first.close();
      const second = await place.open();
      assert.ok(verify('sha256', content, publicKeyOf(second.certificate), await second.sign(content)));
      await second.close();
    });

    test('refuses a wrong secret as a wrong setting, by its name', async () => {
      const { face: wrong, setting } = await face.wrongSecret();
      const holder = holderOn(wrong);
      const error = await errorOf(holder.start().then(() => holder.key().then((key) => key.sign(content))));
      await holder.close();
      assert.equal(error.code, 'SETTING_WRONG');
      assert.ok(error.message.includes(setting), error.message);
    });

    test('never gives a signature that does not fit its certificate', async () => {
      const holder = holderOn(await face.otherCertificate());
      const error = await errorOf(holder.start().then(() => holder.key().then((key) => key.sign(content))));
      await holder.close();
      assert.match(error.message, /does not (belong to|fit)|no certificate that belongs/);
    });
  });
}
