// signer: what must be signed comes back signed; what cannot be is a dead letter; the key's state is shown.
import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { makeTrialSigner } from '@staffetta/fatturapa/signature/self-signed.ts';
import { Folder } from '@staffetta/fatturapa/signature/keys.fixture.ts';
import { HubError } from '@staffetta/flow/errors.ts';
import { encodeEvent } from '@staffetta/flow/events.ts';
import type { SignedInvoice, UnsignedInvoice } from '@staffetta/flow/messages.ts';
import { headerText } from '@staffetta/platform/bus/event-headers.ts';
import type { ConsumedEvent } from '@staffetta/platform/bus/bus.ts';
import { readSettings } from '@staffetta/platform/config/settings.ts';
import { uuidv7 } from '@staffetta/platform/ids.ts';
import type { Running } from '@staffetta/platform/service.ts';
import { testWorld, type TestWorld } from '@staffetta/platform/test-world.ts';
import { servers } from '@staffetta/tools/servers/available.ts';
import { settings } from './config.ts';
import { signer } from './signer.ts';

const document = '<?xml version="1.0" encoding="UTF-8"?>\n<a>Caffè</a>\n';
const quick = { SIGNER_TRIES: '2', SIGNER_RETRY_DELAYS: '5ms' };

function unsigned(changes: Partial<UnsignedInvoice['transmission']> = {}, invoice = document): UnsignedInvoice {
  return {
    invoiceId: uuidv7(),
    customer: { customerId: 2 },
    correlationId: 'c-1',
    invoice,
    transmission: {
      transmissionId: uuidv7(),
      fileName: 'IT01234567890_00001.xml.p7m',
      sha256: hash('sha256', invoice, 'hex'),
      format: 'cades',
      ...changes,
    },
  };
}

describe('the signer', { skip: servers.postgres.missing }, () => {
  let world: TestWorld;
  let running: Running | undefined;
  before(async () => {
    world = await testWorld();
  });
  after(async () => {
    await running?.stop();
    await world.end();
  });

  async function start(environment: Record<string, string> = {}, on: TestWorld = world): Promise<Running> {
    await running?.stop();
    running = undefined;
    running = await signer.start(on, readSettings(settings, { ...quick, ...environment }).values);
    return running;
  }

  async function ask(message: UnsignedInvoice): Promise<void> {
    const meta = { eventId: `${message.transmission.transmissionId}:unsigned`, correlationId: 'c-1' };
    await world.bus.publish([
      encodeEvent('unsignedInvoice', message.invoiceId, Buffer.from(JSON.stringify(message)), meta),
    ]);
  }

  /** Waits for the events of an invoice on a topic. */
  async function told(topic: string, invoiceId: string, count = 1): Promise<ConsumedEvent[]> {
    for (;;) {
      const found: ConsumedEvent[] = [];
      for (let partition = 0; partition < 6; partition++) {
        for (let at = 0n; ; at++) {
          const event = await world.bus.readAt(topic, partition, at);
          if (!event) break;
          if (event.key === invoiceId) found.push(event);
        }
      }
      if (found.length >= count) return found;
      await new Promise((soon) => setTimeout(soon, 10));
    }
  }

  async function answerOf(path: string): Promise<Record<string, unknown>> {
    const answer = await fetch(`http://127.0.0.1:${running?.port}${path}`);
    return (await answer.json()) as Record<string, unknown>;
  }

  test('a file comes back signed, with its hash, its transmission and its correlation', async () => {
    await start();
    const message = unsigned();
    await ask(message);
    const [event] = await told('signedInvoice', message.invoiceId);
    const signed = JSON.parse(String(event?.value)) as SignedInvoice;
    const bytes = Buffer.from(signed.file, 'base64');
    assert.ok(bytes.includes(document));
    assert.equal(signed.sha256, hash('sha256', bytes, 'hex'));
    assert.equal(signed.transmissionId, message.transmission.transmissionId);
    assert.equal(headerText(event!.headers, 'x-event-id'), `${signed.transmissionId}:signed`);
    assert.equal(headerText(event!.headers, 'X-Correlation-ID'), 'c-1');
    assert.equal(headerText(event!.headers, 'x-causation-id'), `${signed.transmissionId}:unsigned`);
  });

  test('XAdES is made where it is asked for', async () => {
    await start();
    const message = unsigned({ format: 'xades', fileName: 'IT01234567890_00002.xml' });
    await ask(message);
    const [event] = await told('signedInvoice', message.invoiceId);
    const { file } = JSON.parse(String(event?.value)) as SignedInvoice;
    assert.match(Buffer.from(file, 'base64').toString(), /<a>Caffè<ds:Signature [\s\S]*<\/ds:Signature><\/a>\n$/);
  });

  test('the same event twice is told twice under one id, so that whoever stores it can tell', async () => {
    await start();
    const message = unsigned();
    await ask(message);
    await ask(message);
    const ids = (await told('signedInvoice', message.invoiceId, 2)).map(({ headers }) =>
      headerText(headers, 'x-event-id'),
    );
    assert.equal(new Set(ids).size, 1);
  });

  test('bytes that are not those named, and a document that is no XML for XAdES, are dead letters at once, alone', async () => {
    await start();
    const wrong = [unsigned({ sha256: '00' }), unsigned({ format: 'xades' }, 'no XML')];
    const good = unsigned();
    for (const message of [...wrong, good]) await ask(message);
    for (const { invoiceId } of wrong) await told('unsignedInvoice.DLT', invoiceId);
    await told('signedInvoice', good.invoiceId);
  });

  test('without a key, in production, each becomes a dead letter after its tries, and health says what is missing', async () => {
    await start({}, { ...world, profile: 'production' });
    const message = unsigned();
    await ask(message);
    await told('unsignedInvoice.DLT', message.invoiceId);
    const { components, status } = await answerOf('/actuator/health');
    assert.equal(status, 'UP');
    assert.match(JSON.stringify(components), /"key":\{"status":"DEGRADED".*SIGNER_PKCS12/);
  });

  test('a certificate that is about to expire shows as degraded, and an expired one signs nothing more', async () => {
    const folder = await Folder.make();
    const from = new Date(world.clock.now().getTime() - 60_000);
    const path = await folder.write('k.p12', await makeTrialSigner({ commonName: 'X', from, days: 10, password: 'x' }));
    await start({ SIGNER_PKCS12: path, SIGNER_PKCS12_PASSWORD: 'x' });
    const status = await answerOf('/api/key');
    assert.deepEqual([status['ready'], status['subject'], status['algorithm']], [true, 'CN=X, C=IT', 'RSA-SHA256']);
    assert.match(JSON.stringify(await answerOf('/actuator/health')), /"key":\{"status":"DEGRADED".*expires on/);
    world.clock.turn(11 * 86_400_000);
    const message = unsigned();
    await ask(message);
    await told('unsignedInvoice.DLT', message.invoiceId);
    assert.equal((await answerOf('/api/key'))['ready'], false);
    await folder.remove();
  });

  test('a wrong key stops the start and names its setting', async () => {
    await assert.rejects(
      start({ SIGNER_PKCS12: '/nowhere/key.p12' }),
      (error: unknown) =>
        error instanceof HubError && error.code === 'SETTING_WRONG' && error.message.includes('SIGNER_PKCS12='),
    );
  });
});
