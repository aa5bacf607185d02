// sender: when the next mail of a mailbox may go.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextLeaveAt } from './throttle.ts';

const at = (ms: number): Date => new Date(ms);
const minuteMs = 60_000;
const dayMs = 86_400_000;

test('mails of a minute are spread over it, those of a day only counted, and the later of both holds', () => {
  const none = { last: null, nthLast: null };
  assert.equal(nextLeaveAt(none, { perMinuteMax: 60, perDayMax: 5 }), 0);
  const some = { last: at(5000), nthLast: at(1000) };
  assert.equal(nextLeaveAt(some, { perMinuteMax: 60, perDayMax: 0 }), 5000 + 1000);
  assert.equal(nextLeaveAt(some, { perMinuteMax: 1, perDayMax: 0 }), 5000 + minuteMs);
  assert.equal(nextLeaveAt(some, { perMinuteMax: 60, perDayMax: 5 }), 1000 + dayMs);
  assert.equal(nextLeaveAt({ last: at(dayMs), nthLast: at(0) }, { perMinuteMax: 1, perDayMax: 9 }), dayMs + minuteMs);
  assert.equal(nextLeaveAt({ last: at(5000), nthLast: null }, { perMinuteMax: 0, perDayMax: 5 }), 0);
});
