// dbmanager: every status has its word on deletion.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { invoiceStatuses } from '@staffetta/flow/statuses.ts';
import { whyItMustStay } from './may-delete.ts';

test('only what never went out may be deleted', () => {
  const free = invoiceStatuses.filter((status) => whyItMustStay(status, [{ state: 'NOT_SENT' }]) === undefined);
  assert.deepEqual(free, ['INTERNAL_INVOICE_NOT_SENT', 'INTERNAL_INVOICE_INVALID']);
});

test('what SdI has seen stays, whatever became of the file sent after it', () => {
  for (const state of ['SENT', 'DELIVERED', 'DISCARDED', 'NOT_DELIVERED'] as const) {
    const why = whyItMustStay('INTERNAL_INVOICE_NOT_SENT', [{ state }, { state: 'NOT_SENT' }]);
    assert.match(why ?? '', /earlier file/);
  }
});
