// journeys: the dbmanager away for longer than the receiver waits: a dead letter tells, and the late save closes it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { goodOutcomes, untilMailed, untilTold } from './harness/outcomes.ts';
import { splitOnPostgresSetUp, splitSetUp, tellPromise } from './harness/set-ups.ts';
import { until } from './harness/wait.ts';

const settings = { RECEIVER_WAITER_TIMEOUT: '1s' };

tellPromise('202 means kept', [splitSetUp, splitOnPostgresSetUp], { mail: 'sandbox', settings }, (estate) => {
  test('what is not saved in time is told by a dead letter; saved late, it calls back and the dead letter closes', async () => {
    const { client, sandbox } = estate();
    await estate().process('dbmanager').stop();
    // The gateway is not ready now, but the receiver's door is open: what it accepts is kept.
    const callback = sandbox.callbackUrl('late-save');
    const correlationId = await client.accept({ callback, direct: true });
    const look = () => deadLettersOf(correlationId);
    const [letter] = await until('the dead letter', look, (all) => all.length > 0);
    assert.equal(letter?.errorCode, 'NOT_SAVED_IN_TIME');
    assert.equal(letter.state, 'open');

    await estate().startAgain('dbmanager');
    await untilTold(estate(), correlationId, goodOutcomes);
    await untilMailed(estate(), correlationId);
    const closed = await until('the dead letter to be closed', look, ([one]) => one?.state === 'closed');
    assert.equal(closed.length, 1);
  });

  test('the time-out outlives the receiver that accepted the invoice', async () => {
    const { client, sandbox } = estate();
    await estate().process('dbmanager').stop();
    const callback = sandbox.callbackUrl('outlived');
    const correlationId = await client.accept({ callback, direct: true });
    await estate().process('receiver').kill9();
    await estate().process('receiver').start();
    const look = () => deadLettersOf(correlationId);
    const [letter] = await until('the dead letter', look, (all) => all.length > 0);
    assert.equal(letter?.errorCode, 'NOT_SAVED_IN_TIME');
    await estate().startAgain('dbmanager');
    await untilTold(estate(), correlationId, goodOutcomes);
    await until('the dead letter to be closed', look, ([one]) => one?.state === 'closed');
  });

  // Asked at the scheduler itself: the gateway answers only when the circuit of each route is closed.
  async function deadLettersOf(correlationId: string) {
    return estate().client.deadLetters({ correlationId });
  }
});
