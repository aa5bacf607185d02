// dbmanager: a discarded invoice says under which number it goes again.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { discardedAdvice } from './discarded-advice.ts';

const documents = [{ numero: '7/2026', data: '2026-11-25' }, { numero: '8/2026' }, {}];

test('a discarded invoice tells number and date, to be used again', () => {
  const [advice] = discardedAdvice({ status: 'INTERNAL_INVOICE_DISCARDED', detail: null, documents });
  assert.match(advice?.message.it ?? '', /documento 7\/2026 del 25\/11\/2026, 8\/2026:/);
  assert.match(advice?.fix?.en ?? '', /same number and date/);
});

test('a long lot is not told whole, and no other invoice is told anything', () => {
  const lot = Array.from({ length: 500 }, (_, n) => ({ numero: `${n}/2026` }));
  const [advice] = discardedAdvice({ status: 'INTERNAL_INVOICE_DISCARDED', detail: null, documents: lot });
  assert.match(advice?.message.en ?? '', /0\/2026, 1\/2026, 2\/2026, …:/);
  assert.deepEqual(discardedAdvice({ status: 'INTERNAL_INVOICE_DELIVERED', detail: null, documents }), []);
});

test('of an archive that was discarded in part the discarded documents are told alone', () => {
  const parts = [{ numero: '1' }, { numero: '2', detail: 'DISCARDED_BY_SDI' }];
  const standing = { status: 'INTERNAL_INVOICE_DELIVERED', detail: 'PARTLY_DISCARDED' } as const;
  const [advice] = discardedAdvice({ ...standing, documents: parts });
  assert.match(advice?.message.it ?? '', /cioè 2:/);
  assert.match(advice?.fix?.it ?? '', /nuove fatture/);
});
