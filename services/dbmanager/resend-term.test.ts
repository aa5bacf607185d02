// dbmanager: the five days after a discard are days of Rome's calendar, from the discard that still holds.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resendBy, termOver } from './resend-term.ts';

const at = (status: string, instant: string) => {
  return { status: `INTERNAL_INVOICE_${status}` as 'INTERNAL_INVOICE_SENT', happenedAt: new Date(instant) };
};

test('a discard late in the evening of Rome counts from its own day', () => {
  assert.equal(resendBy([at('SENT', '2026-03-26T10:00:00Z'), at('DISCARDED', '2026-03-26T23:30:00Z')]), '2026-04-01');
  assert.equal(resendBy([at('SENT', '2026-03-26T10:00:00Z'), at('DISCARDED', '2026-03-26T22:30:00Z')]), '2026-03-31');
});

test('news of the same discard starts no new term, another discard does', () => {
  const once = [at('DISCARDED', '2026-11-20T10:00:00Z'), at('DISCARDED', '2026-11-24T10:00:00Z')];
  assert.equal(resendBy(once), '2026-11-25');
  const again = [...once, at('TOBE_SENT', '2026-11-24T11:00:00Z'), at('DISCARDED', '2026-11-26T10:00:00Z')];
  assert.equal(resendBy(again), '2026-12-01');
});

test('an invoice that is not discarded has no term', () => {
  assert.equal(resendBy([]), undefined);
  assert.equal(resendBy([at('DISCARDED', '2026-11-20T10:00:00Z'), at('TOBE_SENT', '2026-11-21T10:00:00Z')]), undefined);
});

test('the last day is still in time, the one after is told', () => {
  assert.deepEqual(termOver('2026-11-25', new Date('2026-11-25T22:59:00Z')), []);
  assert.equal(termOver('2026-11-25', new Date('2026-11-25T23:01:00Z'))[0]?.code, 'RESEND_LATE');
  assert.deepEqual(termOver(undefined, new Date()), []);
});

test('the days count from when SdI’s mail was certified, not from when it was read, and never from before the file was sent', () => {
  const read = at('DISCARDED', '2026-11-25T10:00:00Z');
  const sent = at('SENT', '2026-11-20T10:00:00Z');
  assert.equal(resendBy([sent, { ...read, countsFrom: new Date('2026-11-22T10:00:00Z') }]), '2026-11-27');
  assert.equal(resendBy([sent, { ...read, countsFrom: new Date('2001-01-01T10:00:00Z') }]), '2026-11-25');
  assert.equal(resendBy([sent, { ...read, countsFrom: null }]), '2026-11-30');
});
