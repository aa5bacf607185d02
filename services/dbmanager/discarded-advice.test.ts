// dbmanager: a discarded invoice says under which number it goes again.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { discardedAdvice } from './discarded-advice.ts';

const documents = [{ numero: '7/2026', data: '2026-11-25' }, { numero: '8/2026' }, {}];

test('a discarded invoice tells number and date, to be used again', () => {
  const [advice] = discardedAdvice({ status: 'INTERNAL_INVOICE_DISCARDED', documents });
  assert.match(advice?.message.it ?? '', /documento 7\/2026 del 25\/11\/2026, 8\/2026:/);
  assert.match(advice?.fix?.en ?? '', /same number and date/);
});

test('a long lot is not told whole, and no other invoice is told anything', () => {
  const lot = Array.from({ length: 500 }, (_, n) => ({ numero: `${n}/2026` }));
  const [advice] = discardedAdvice({ status: 'INTERNAL_INVOICE_DISCARDED', documents: lot });
  assert.match(advice?.message.en ?? '', /0\/2026, 1\/2026, 2\/2026, …:/);
  assert.deepEqual(discardedAdvice({ status: 'INTERNAL_INVOICE_DELIVERED', documents }), []);
});
