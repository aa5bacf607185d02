// dbmanager: every status has its word on deletion.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { invoiceStatuses } from '@staffetta/flow/statuses.ts';
import { whyItMustStay } from './may-delete.ts';

test('only what never went out may be deleted', () => {
  const free = invoiceStatuses.filter((status) => whyItMustStay(status) === undefined);
  assert.deepEqual(free, ['INTERNAL_INVOICE_NOT_SENT', 'INTERNAL_INVOICE_INVALID']);
});
