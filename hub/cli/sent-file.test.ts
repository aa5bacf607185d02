// hub: how long `send` follows a file, and when it says that all went well.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isOpen, needsSomebody, waitsForSdi, wentWell } from './sent-file.ts';

const sent = { status: 'INTERNAL_INVOICE_SENT', detail: 'IN_SDI_MAILBOX' } as const;
const delivered = { status: 'INTERNAL_INVOICE_DELIVERED' } as const;
const waiting = { status: 'INTERNAL_INVOICE_TOBE_SENT' } as const;

test('a file that the mail server took is followed further only where SdI is waited for', () => {
  assert.deepEqual([isOpen(sent, 'sent'), isOpen(sent, 'sdi')], [false, true]);
  assert.deepEqual([isOpen(waiting, 'sent'), isOpen(waiting, 'sdi')], [true, true]);
  assert.deepEqual([isOpen(delivered, 'sent'), isOpen(delivered, 'sdi')], [false, false]);
});

test('a doubt that somebody has to settle is an end, and no good one', () => {
  const doubtful = { status: 'INTERNAL_INVOICE_SENT', detail: 'DECISION_NEEDED' } as const;
  assert.deepEqual([waitsForSdi(doubtful), isOpen(doubtful, 'sdi'), needsSomebody(doubtful)], [false, false, true]);
  assert.equal(wentWell([delivered, doubtful], { waitMs: 1 }), false);
});

test('that SdI has not spoken is a failure only for whom insisted on it', () => {
  assert.equal(wentWell([sent, delivered], { waitMs: 1000 }), true);
  assert.equal(wentWell([sent, delivered], { until: 'sdi', waitMs: 1000 }), false);
  assert.equal(wentWell([sent], { until: 'sdi', waitMs: 0 }), true);
});

test('what did not leave in time, or was refused, is a failure; who does not wait is told of refusals alone', () => {
  assert.equal(wentWell([waiting], { waitMs: 1000 }), false);
  assert.equal(wentWell([waiting], { waitMs: 0 }), true);
  assert.equal(wentWell([{ status: 'REFUSED' }], { waitMs: 0 }), false);
  assert.equal(wentWell([{ status: 'INTERNAL_INVOICE_DISCARDED' }], { waitMs: 1000 }), false);
  assert.equal(wentWell([{ status: 'INTERNAL_INVOICE_NOT_DELIVERED' }], { waitMs: 1000 }), true);
});
