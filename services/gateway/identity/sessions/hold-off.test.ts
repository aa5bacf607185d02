// gateway: tests of how a part that fell silent is left alone.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { holdOff } from './hold-off.ts';

const silence = new Error('no answer in time');

function scene() {
  let now = 0;
  const part = holdOff({ isSilence: (error) => error === silence, restMs: 1000, nowMs: () => now });
  let asked = 0;
  const ask = (answer: () => Promise<string>) =>
    part.ask(() => {
      asked += 1;
      return answer();
    });
  return {
    answered: () => ask(async () => 'well'),
    silent: () => ask(() => Promise.reject(silence)),
    refused: () => ask(() => Promise.reject(new Error('wrong type'))),
    ask,
    asked: () => asked,
    pass: (ms: number) => void (now += ms),
  };
}

test('a part that answers, or refuses at once, is asked by everybody', async () => {
  const { answered, refused, asked } = scene();
  await assert.rejects(refused(), /wrong type/);
  assert.equal(await answered(), 'well');
  assert.equal(asked(), 2);
});

test('after a silence nobody waits until its rest is over', async () => {
  const { answered, silent, asked, pass } = scene();
  await assert.rejects(silent(), silence);
  pass(999);
  await assert.rejects(answered(), /a moment ago/);
  assert.equal(asked(), 1);
  pass(1);
  assert.equal(await answered(), 'well');
  assert.equal(await answered(), 'well');
  assert.equal(asked(), 3);
});

test('then one tries it while the others are told at once, and a further silence is a further rest', async () => {
  const { answered, silent, ask, asked, pass } = scene();
  await assert.rejects(silent());
  pass(1000);
  const trial = Promise.withResolvers<string>();
  const tried = ask(() => trial.promise);
  await assert.rejects(answered(), /a moment ago/);
  assert.equal(asked(), 2);
  trial.reject(silence);
  await assert.rejects(tried, silence);
  await assert.rejects(answered(), /a moment ago/);
  pass(1000);
  assert.equal(await answered(), 'well');
});

test('an error that was answered ends the rest as well as any answer', async () => {
  const { answered, silent, refused, asked, pass } = scene();
  await assert.rejects(silent());
  pass(1000);
  await assert.rejects(refused(), /wrong type/);
  await Promise.all([answered(), answered()]);
  assert.equal(asked(), 4);
});
