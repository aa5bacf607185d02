// journeys: callbacks that fail: tried again under the same id, given up into a dead letter, replayed from there.
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:net';
import { describe, test } from 'node:test';
import { goodOutcomes, untilTold } from './harness/outcomes.ts';
import { defaultSetUp, realSetUp, tellOn } from './harness/set-ups.ts';
import { until } from './harness/wait.ts';

tellOn([defaultSetUp, realSetUp], { mail: 'any' }, (estate) => {
  describe('one effect', () => {
    test('a callback that fails twice is delivered at the third try, with the same webhook-id', async () => {
      const { client, sandbox } = estate();
      await sandbox.misbehaveCallbacks({ path: '/twice', fail: 2, status: 500 });
      const correlationId = await client.accept({ kind: 'external', callback: sandbox.callbackUrl('twice') });
      await untilTold(estate(), correlationId, ['EXTERNAL_INVOICE']);
      const all = await sandbox.callbacks({ correlationId });
      assert.deepEqual(
        all.map(({ answered }) => answered),
        [500, 500, 200],
      );
      assert.equal(new Set(all.map(({ webhookId }) => webhookId)).size, 1);
      assert.deepEqual(await client.deadLetters({ correlationId }), []);
    });
  });

  describe('202 means kept', () => {
    test('a callback that fails for good becomes a dead letter, and its replay calls back', async () => {
      const { client, sandbox } = estate();
      await sandbox.misbehaveCallbacks({ path: '/never', status: 500 });
      const correlationId = await client.accept({ kind: 'external', callback: sandbox.callbackUrl('never') });
      const look = () => client.deadLetters({ correlationId, state: 'open' });
      const [letter] = await until('the dead letter of the callback', look, (all) => all.length === 1);
      assert.equal(letter?.errorCode, 'CALLBACK_FAILED');
      assert.equal(letter.originalTopic.replace(/^.*\./, ''), 'savedInvoice');
      assert.equal((await sandbox.callbacks({ correlationId })).length, 4);

      await sandbox.misbehaveCallbacks({ path: '/never', fail: 0 });
      const replayed = await client.replay(letter.deadLetterId);
      assert.equal(replayed.status, 200, replayed.text);
      const [told] = await untilTold(estate(), correlationId, ['EXTERNAL_INVOICE']);
      assert.equal(told?.webhookId, `${told?.invoiceId}:1`);
      const [after] = await client.deadLetters({ correlationId });
      assert.equal(after?.state, 'replayed');
      const again = await client.replay(letter.deadLetterId);
      assert.equal(again.status, 409, again.text);
    });
  });

  describe('no component blocks another', () => {
    test("a dead host and a slow host do not delay another's callbacks", async () => {
      const { client, sandbox } = estate();
      const silent = await listenInSilence();
      const nobody = 'http://127.0.0.1:9/nobody';
      const slow = `http://127.0.0.1:${silent.port}/slow`;
      await Promise.all(
        Array.from({ length: 60 }, (_, index) =>
          client.accept({ kind: 'external', callback: index % 2 === 0 ? nobody : slow }),
        ),
      );
      const correlationId = await client.accept({ callback: sandbox.callbackUrl('unhindered') });
      await untilTold(estate(), correlationId, goodOutcomes, { timeoutMs: 10_000 });
      // The sixty before it are still owed, so nobody waited for them.
      const given = await client.deadLetters({ topic: 'savedInvoice', state: 'open' });
      silent.server.close();
      for (const socket of silent.sockets) socket.destroy();
      assert.ok(given.length < 60, `${given.length} were given up already`);
    });
  });
});

/** A host that takes connections and never says a word. */
async function listenInSilence(): Promise<{ server: Server; port: number; sockets: Set<{ destroy(): void }> }> {
  const sockets = new Set<{ destroy(): void }>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return { server, port: typeof address === 'object' && address ? address.port : 0, sockets };
}
