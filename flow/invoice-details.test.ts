// flow: the table of details, told as facts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { followNews, mayFollow, newsOf, receiptNews, type Standing } from './invoice-details.ts';

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

function certify(standing: Standing, receipt: keyof typeof receiptNews): Standing & { kind: string } {
  const told = receiptNews[receipt];
  return told ? followNews(standing, told.event, told.detail) : { kind: 'repeated', ...standing };
}

test('a mail that the provider could not bring to SdI is not sent, whether that is told before or after it went out', () => {
  for (const receipt of ['non-accettazione', 'errore-consegna', 'rilevazione-virus'] as const) {
    const back = certify(at('SENT', 'SUBMITTED'), receipt);
    assert.equal(back.kind, 'moved');
    assert.equal(back.status, 'INTERNAL_INVOICE_NOT_SENT');
    const early = certify(at('TOBE_SENT', null), receipt);
    assert.deepEqual(followNews(early, 'sent', 'SUBMITTED'), {
      kind: 'late',
      status: back.status,
      detail: back.detail,
    });
  }
});

test('what reached the mailbox of SdI did not come back', () => {
  const arrived = certify(at('SENT', 'SUBMITTED'), 'avvenuta-consegna');
  assert.deepEqual(arrived, { kind: 'refined', ...at('SENT', 'IN_SDI_MAILBOX') });
  assert.equal(certify(arrived, 'errore-consegna').kind, 'late');
  assert.equal(certify(at('NOT_SENT', 'UNDELIVERED_TO_SDI'), 'avvenuta-consegna').status, 'INTERNAL_INVOICE_SENT');
  assert.equal(certify(at('DELIVERED', 'DELIVERED_TO_RECIPIENT'), 'avvenuta-consegna').kind, 'late');
});

test('a receipt of the provider tells of a send whose end nobody saw', () => {
  assert.deepEqual(certify(at('TOBE_SENT', null), 'accettazione'), {
    kind: 'moved',
    ...at('SENT', 'TAKEN_BY_PROVIDER'),
  });
});

test('a new transmission starts without the old detail', () => {
  assert.deepEqual(followNews(at('DISCARDED', 'DISCARDED_BY_SDI'), 'resent', 'TO_BE_SIGNED'), {
    kind: 'moved',
    ...at('TOBE_SENT', 'TO_BE_SIGNED'),
  });
  assert.deepEqual(followNews(at('DISCARDED', 'DISCARDED_BY_SDI'), 'resent', null), {
    kind: 'moved',
    ...at('TOBE_SENT', null),
  });
  assert.equal(followNews(at('DELIVERED', 'DELIVERED_TO_RECIPIENT'), 'resent', null).kind, 'refused');
});

test('a mail that came back is NOT_SENT also where its news were overdue', () => {
  const { event, detail } = receiptNews['errore-consegna'];
  assert.deepEqual(followNews(at('SENT', 'NEWS_OVERDUE'), event, detail), {
    kind: 'moved',
    ...at('NOT_SENT', 'UNDELIVERED_TO_SDI'),
  });
});
