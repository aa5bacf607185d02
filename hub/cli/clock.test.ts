// hub: the command `clock` says in words where the hub's clock stands.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clock, clockLine } from './clock.ts';

const now = new Date('2026-11-25T09:00:00Z');

test('the real time, a clock ahead and a clock behind are told in both languages', () => {
  assert.match(clockLine(0, now, 'it'), /l’ora vera: 2026-11-25 10:00:00/);
  assert.equal(
    clockLine(5 * 86_400_000, now, 'en'),
    "The hub's clock says 2026-11-30 10:00:00: it is 5 days and 00:00 h ahead.",
  );
  assert.equal(
    clockLine(-5_400_000, now, 'it'),
    'L’orologio dell’hub segna 2026-11-25 08:30:00: è indietro di 01:30 h.',
  );
});

test('words that make no sense are answered by what can be written', async () => {
  for (const args of [
    ['turn'],
    ['turn', 'x'],
    ['turn', '-5d'],
    ['turn', '0d'],
    ['turn', '99999d'],
    ['show', '5d'],
    ['hop'],
  ]) {
    await assert.rejects(clock(args), { name: 'Error' }, args.join(' '));
  }
});
