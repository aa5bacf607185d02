// hub: `status` tells receipts, clocks and alarms in words, and of what is over no more than that.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clockLines, receiptLines } from './status-clocks.ts';

const words = { it: 'SdI non ha ancora risposto.', en: 'SdI has not answered yet.' };
const fix = { it: 'Cercarla nel portale.', en: 'Look for it on the portal.' };
const raisedAt = '2026-11-25T10:00:00.000';

test('an open alarm comes with what to do, one that is over without', () => {
  assert.deepEqual(clockLines({ alarms: [{ raisedAt, dueAt: raisedAt, words, fix }] }, 'it'), [
    '',
    'Avvisi:',
    '  25/11/2026  SdI non ha ancora risposto.',
    '      Cercarla nel portale.',
  ]);
  assert.deepEqual(clockLines({ alarms: [{ raisedAt, dueAt: raisedAt, clearedAt: raisedAt, words, fix }] }, 'en'), [
    '',
    'Alarms:',
    '  25/11/2026  SdI has not answered yet. (over)',
  ]);
});

test('a clock that runs is told with its day', () => {
  const awaited = { it: 'Risposta di SdI attesa', en: "SdI's answer is awaited" };
  assert.deepEqual(clockLines({ deadlines: [{ due: raisedAt, words: awaited }] }, 'it'), [
    '',
    'Che cosa si attende:',
    '  Risposta di SdI attesa entro il 25/11/2026',
  ]);
});

test('an older hub shows none of them, and what a provider writes cannot steer the terminal', () => {
  assert.deepEqual([clockLines({}, 'it'), receiptLines(undefined, 'it')], [[], []]);
  const [line = ''] = receiptLines([{ words: { it: 'Motivo: \u001b[2J', en: '' } }], 'it');
  assert.equal(line.includes('\u001b'), false);
});
