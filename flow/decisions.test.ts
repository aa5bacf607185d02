// flow: the table of decisions, told as facts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settle } from './decisions.ts';
import { followNews, newsOf, type Standing } from './invoice-details.ts';

const at = (status: string, detail: string | null): Standing => {
  return { status: `INTERNAL_INVOICE_${status}` as Standing['status'], detail };
};
const doubtful = at('SENT', 'DECISION_NEEDED');
const contradicted = at('DISCARDED', 'DECISION_NEEDED');

test('a copy that was taken before is waited for, and its receipt counts', () => {
  const taken = settle(doubtful, true, ['NS-repeated']);
  assert.deepEqual(taken, { kind: 'refined', ...at('SENT', 'TAKEN_EARLIER') });
  const receipt = newsOf('MC-B2B');
  assert.ok(receipt);
  assert.equal(followNews(taken, receipt.event, receipt.detail).status, 'INTERNAL_INVOICE_NOT_DELIVERED');
  const again = newsOf('NS-repeated');
  assert.ok(again);
  assert.equal(followNews(taken, again.event, again.detail).kind, 'repeated');
});

test('where no copy was taken the file is discarded, and goes again', () => {
  assert.deepEqual(settle(doubtful, false, []), { kind: 'moved', ...at('DISCARDED', 'DISCARDED_BY_SDI') });
});

test('a contradicted discard becomes what the receipts say, or stays', () => {
  assert.deepEqual(settle(contradicted, true, ['NS', 'MC-PA', 'AT']), {
    kind: 'moved',
    ...at('NOT_DELIVERED', 'UNDELIVERABLE_ATTESTED'),
  });
  assert.deepEqual(settle(contradicted, true, ['RC-PA', 'MC-PA', 'NE-EC01']), {
    kind: 'moved',
    ...at('DELIVERED', 'ACCEPTED'),
  });
  assert.deepEqual(settle(contradicted, false, ['RC-B2B']), {
    kind: 'refined',
    ...at('DISCARDED', 'DISCARDED_BY_SDI'),
  });
  assert.equal(settle(contradicted, true, ['NS']).kind, 'refused');
});

test('a receipt for an earlier file is what a decision asks about, and is not waited for again', () => {
  const earlier = ['NS', 'RC-B2B'];
  const issued = at('DELIVERED', 'DELIVERED_TO_RECIPIENT');
  assert.deepEqual(settle(doubtful, true, ['NS-repeated'], earlier), { kind: 'moved', ...issued });
  assert.deepEqual(settle(contradicted, true, ['NS'], earlier), { kind: 'moved', ...issued });
  assert.equal(settle(contradicted, true, ['NS'], ['NS']).kind, 'refused');
});

test('where no earlier file was taken, the latest still waits for its own answer', () => {
  assert.deepEqual(settle(doubtful, false, [], ['RC-B2B']), { kind: 'refined', ...at('SENT', 'SUBMITTED') });
  const waiting = at('TOBE_SENT', 'DECISION_NEEDED');
  assert.deepEqual(settle(waiting, false, [], ['MC-B2B']), { kind: 'refined', ...at('TOBE_SENT', null) });
  assert.equal(settle(doubtful, false, ['NS-repeated'], ['RC-B2B']).status, 'INTERNAL_INVOICE_DISCARDED');
});
