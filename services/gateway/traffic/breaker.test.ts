// gateway: tests of the circuit breaker, on a clock that is turned.
import { turnableClock } from '@staffetta/platform/clock.ts';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Breaker, type CallOutcome } from './breaker.ts';

const rule = { window: 10, failureShare: 0.5, openMs: 10_000, trials: 2 };

function setUp() {
  const clock = turnableClock();
  const breaker = new Breaker(rule, clock);
  const call = (...outcomes: CallOutcome[]) => outcomes.forEach((outcome) => breaker.ask()?.(outcome));
  return { clock, breaker, call };
}

function opened() {
  const parts = setUp();
  parts.call(...Array<CallOutcome>(10).fill('failed'));
  assert.equal(parts.breaker.state, 'open');
  return parts;
}

describe('circuit breaker', () => {
  test('nine failures do not open it, the tenth call does', () => {
    const { breaker, call } = setUp();
    call(...Array<CallOutcome>(9).fill('failed'));
    assert.equal(breaker.state, 'closed');
    call('good');
    assert.equal(breaker.state, 'open');
    assert.equal(breaker.ask(), undefined);
  });

  test('it opens at half of the last ten calls, not below', () => {
    const { breaker, call } = setUp();
    call(...Array<CallOutcome>(6).fill('good'), ...Array<CallOutcome>(4).fill('failed'));
    assert.equal(breaker.state, 'closed');
    call('good', 'good', 'good', 'good', 'good', 'good');
    call('failed');
    assert.equal(breaker.state, 'closed');
    call('failed', 'failed', 'failed', 'failed');
    assert.equal(breaker.state, 'open');
  });

  test('calls whose caller went away count for nothing', () => {
    const { breaker, call } = setUp();
    call(...Array<CallOutcome>(30).fill('unknown'));
    assert.equal(breaker.state, 'closed');
  });

  test('after ten seconds two trials pass, and good ones close it', () => {
    const { breaker, clock } = opened();
    clock.turn(9000);
    assert.equal(breaker.ask(), undefined);
    assert.ok(breaker.retryAfterMs() <= 1000);
    clock.turn(1001);
    const [first, second, third] = [breaker.ask(), breaker.ask(), breaker.ask()];
    assert.ok(first && second);
    assert.equal(third, undefined);
    first('good');
    assert.equal(breaker.ask(), undefined);
    second('good');
    assert.equal(breaker.state, 'closed');
    assert.ok(breaker.ask());
  });

  test('a failed trial opens it again for as long', () => {
    const { breaker, clock } = opened();
    clock.turn(10_000);
    breaker.ask()?.('good');
    breaker.ask()?.('failed');
    assert.equal(breaker.state, 'open');
    clock.turn(9000);
    assert.equal(breaker.state, 'open');
    clock.turn(1001);
    assert.equal(breaker.state, 'halfOpen');
  });

  test('a trial whose caller went away makes room for another', () => {
    const { breaker, clock } = opened();
    clock.turn(10_000);
    breaker.ask()?.('unknown');
    breaker.ask()?.('good');
    breaker.ask()?.('good');
    assert.equal(breaker.state, 'closed');
  });

  test('trials that never end do not keep it closed to everybody for good', () => {
    const { breaker, clock } = opened();
    clock.turn(10_000);
    const stuck = [breaker.ask(), breaker.ask()];
    assert.equal(breaker.ask(), undefined);
    clock.turn(10_000);
    breaker.ask()?.('good');
    stuck[0]?.('failed');
    breaker.ask()?.('good');
    assert.equal(breaker.state, 'closed');
  });

  test('it forgets all where somebody else is asked from now on, calls in hand too', () => {
    const { breaker } = setUp();
    const late = breaker.ask();
    for (let count = 0; count < 10; count += 1) breaker.ask()?.('failed');
    assert.equal(breaker.state, 'open');
    breaker.forget();
    assert.equal(breaker.state, 'closed');
    late?.('failed');
    for (let count = 0; count < 9; count += 1) breaker.ask()?.('failed');
    assert.equal(breaker.state, 'closed');
  });

  test('a call from before it opened tells nothing about the trials', () => {
    const { breaker, clock, call } = setUp();
    const late = breaker.ask();
    call(...Array<CallOutcome>(10).fill('failed'));
    clock.turn(10_000);
    assert.equal(breaker.state, 'halfOpen');
    late?.('failed');
    assert.equal(breaker.state, 'halfOpen');
  });
});
