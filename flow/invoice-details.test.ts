// flow: the table of details, told as facts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { followNews, mayFollow, newsOf, type Standing } from './invoice-details.ts';

const at = (status: string, detail: string | null): Standing => {
  return { status: `INTERNAL_INVOICE_${status}` as Standing['status'], detail };
};

function tell(standing: Standing, noticeCase: string) {
  const news = newsOf(noticeCase);
  assert.ok(news, noticeCase);
  return followNews(standing, news.event, news.detail);
}

test('a late receipt changes nothing after the body has answered', () => {
  assert.equal(tell(at('DELIVERED', 'REFUSED'), 'RC-PA').kind, 'repeated');
});

test('an answer before the receipt is kept, and implies the delivery', () => {
  assert.deepEqual(tell(at('SENT', 'SUBMITTED'), 'NE-EC01'), { kind: 'moved', ...at('DELIVERED', 'ACCEPTED') });
});

test('a receipt after a failed delivery moves the invoice, the other way round it is late', () => {
  assert.equal(tell(at('NOT_DELIVERED', 'DELIVERY_RETRIED'), 'RC-PA').kind, 'moved');
  assert.equal(tell(at('DELIVERED', 'DELIVERED_TO_RECIPIENT'), 'MC-PA').kind, 'late');
});

test('"sent before" never undoes a copy that was taken, and asks for a decision otherwise', () => {
  for (const [status, detail] of [
    ['DELIVERED', null],
    ['NOT_DELIVERED', 'AVAILABLE_TO_CUSTOMER'],
    ['DISCARDED', 'DISCARDED_BY_SDI'],
  ] as const) {
    assert.deepEqual(tell(at(status, detail), 'NS-repeated'), { kind: 'late', ...at(status, detail) });
  }
  assert.deepEqual(tell(at('SENT', 'SUBMITTED'), 'NS-repeated'), { kind: 'refined', ...at('SENT', 'DECISION_NEEDED') });
  assert.equal(tell(at('SENT', 'DECISION_NEEDED'), 'RC-B2B').kind, 'moved');
});

test('a discard after a receipt contradicts it and changes nothing', () => {
  assert.equal(tell(at('DELIVERED', 'DELIVERED_TO_RECIPIENT'), 'NS').kind, 'refused');
});

test('what contradicts a discard asks for a decision, which no further notice of it takes back', () => {
  const doubtful = at('DISCARDED', 'DECISION_NEEDED');
  assert.deepEqual(followNews(at('DISCARDED', 'DISCARDED_BY_SDI'), 'contradicted', null), {
    kind: 'refined',
    ...doubtful,
  });
  assert.equal(followNews(doubtful, 'contradicted', null).kind, 'repeated');
  assert.deepEqual(tell(doubtful, 'NS'), { kind: 'repeated', ...doubtful });
  assert.equal(followNews(at('DELIVERED', 'ACCEPTED'), 'contradicted', null).kind, 'late');
});

test('the first answer of a body holds', () => {
  assert.equal(mayFollow('ACCEPTED', 'REFUSED'), false);
  assert.equal(mayFollow('DEADLINE_PASSED', 'REFUSED'), true);
});

test('data about incoming files and answers on their way to SdI move nothing', () => {
  for (const noticeCase of ['MT-PA', 'EC-EC01', 'SE-EN00', '__proto__']) assert.equal(newsOf(noticeCase), undefined);
});

test('a status that moves without a detail has none', () => {
  assert.equal(followNews(at('SENT', 'SUBMITTED'), 'delivered', null).detail, null);
});
