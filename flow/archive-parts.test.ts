// flow: where an archive stands, told as facts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { followParts } from './archive-parts.ts';
import type { Standing } from './invoice-details.ts';

const at = (status: string, detail: string | null): Standing => {
  return { status: `INTERNAL_INVOICE_${status}` as Standing['status'], detail };
};
const open = at('SENT', null);
const delivered = at('DELIVERED', 'DELIVERED_TO_RECIPIENT');
const available = at('NOT_DELIVERED', 'AVAILABLE_TO_CUSTOMER');
const discarded = at('DISCARDED', 'DISCARDED_BY_SDI');
const sent = at('SENT', 'SUBMITTED');

test('an archive waits until all of its files are answered', () => {
  assert.deepEqual(followParts(sent, [delivered, open]), { kind: 'repeated', ...sent });
  assert.deepEqual(followParts(sent, [discarded, open]), { kind: 'refined', ...at('SENT', 'PARTLY_DISCARDED') });
  assert.deepEqual(followParts(sent, [delivered, delivered]), { kind: 'moved', ...delivered });
});

test('what was issued tells the status, what was discarded the detail', () => {
  assert.deepEqual(followParts(sent, [delivered, available]), { kind: 'moved', ...available });
  assert.deepEqual(followParts(sent, [discarded, delivered]), {
    kind: 'moved',
    ...at('DELIVERED', 'PARTLY_DISCARDED'),
  });
  assert.deepEqual(followParts(sent, [discarded, discarded]), { kind: 'moved', ...discarded });
});

test('answers that differ tell of the archive only that it was delivered', () => {
  const answers = [at('DELIVERED', 'ACCEPTED'), at('DELIVERED', 'REFUSED')];
  assert.deepEqual(followParts(sent, answers), { kind: 'moved', ...delivered });
});

test('a decision about a file leads out of a discard, and nothing else does', () => {
  const doubtful = at('DISCARDED', 'DECISION_NEEDED');
  const parts = [delivered, discarded];
  assert.equal(followParts(doubtful, parts).kind, 'repeated');
  assert.deepEqual(followParts(doubtful, parts, true), { kind: 'moved', ...at('DELIVERED', 'PARTLY_DISCARDED') });
});

test('a doubt that is gone leaves no trace in the detail', () => {
  assert.equal(followParts(at('SENT', 'DECISION_NEEDED'), [delivered, open]).detail, 'SUBMITTED');
});
