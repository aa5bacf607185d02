// sender: only a few mails are in doubt at once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MailsInHand } from './mails-in-hand.ts';

test('so many mails as may be in doubt are under way, the others wait their turn, and a failed one frees its place', async () => {
  const inHand = new MailsInHand(2);
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  for (const id of ['a', 'b', 'c', 'd']) {
    inHand.begin(id, async () => {
      begun.push(id);
      const { promise, resolve } = Promise.withResolvers<void>();
      ends.push(resolve);
      await promise;
      if (id === 'a') throw new Error('refused');
    });
  }
  assert.deepEqual(begun, ['a', 'b']);
  ends[0]?.();
  await inHand.get('a')?.ended;
  assert.deepEqual(begun, ['a', 'b', 'c']);
  assert.equal(inHand.get('d')?.stage, 'queued');
  ends[1]?.();
  await inHand.get('b')?.ended;
  assert.deepEqual(begun, ['a', 'b', 'c', 'd']);
  for (const end of ends) end();
  await inHand.allEnded();
});

test('each mailbox has turns of its own', () => {
  const inHand = new MailsInHand(1);
  const begun: string[] = [];
  const hang = async (id: string): Promise<void> => {
    begun.push(id);
    await new Promise(() => undefined);
  };
  inHand.begin('a', () => hang('a'), 'one@pec.example.it');
  inHand.begin('b', () => hang('b'), 'one@pec.example.it');
  inHand.begin('c', () => hang('c'), 'two@pec.example.it');
  assert.deepEqual(begun, ['a', 'c']);
});
