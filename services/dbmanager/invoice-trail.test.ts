// dbmanager: a trail tells in words what happened, in the order of time, with the reasons that people need.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { trailOf, type TrailParts } from './invoice-trail.ts';
import type { ToldNotice } from './told-notices.ts';
import type { InvoiceView } from './invoice-views.ts';
import type { Outcome } from './outcomes.ts';
import type { Transmission } from './transmissions.ts';

const at = (minute: number): Date => new Date(Date.UTC(2026, 10, 22, 9, minute));

function outcome(changes: Partial<Outcome>): Outcome {
  return {
    invoiceId: 'i',
    sequence: 1,
    status: 'INTERNAL_INVOICE_TOBE_SENT',
    detail: null,
    findings: null,
    event: 'accepted',
    causationId: null,
    reason: null,
    happenedAt: at(0),
    doneBy: 'aruba',
    ...changes,
  };
}

const notice: ToldNotice = {
  noticeId: 'n',
  transmissionId: 't',
  kind: 'RC',
  sdiId: '987',
  messageId: '1',
  fileName: 'IT01_1.xml',
  givenName: 'IT01_1_RC_001.xml',
  sha256: 'ab',
  doubt: null,
  receivedAt: at(1),
  words: { it: ['Consegnato.'], en: ['Delivered.'] },
};
const message = { it: 'Natura mancante', en: 'Natura is missing' };
const parts: TrailParts = {
  view: { findings: [{ code: '00400', severity: 'error', message }] } as unknown as InvoiceView,
  history: [outcome({}), outcome({ status: 'INTERNAL_INVOICE_SENT', happenedAt: at(2), reason: '250 OK' })],
  transmissions: [{ sdiId: null }, { sdiId: '987' }] as unknown as Transmission[],
  notices: [notice],
  fileName: 'IT01_1.xml',
  sha256: 'ab',
};

test('statuses and notices stand in the order of time, by the clock of Rome', () => {
  const { steps = [], sdiId, fileName } = trailOf(parts);
  assert.deepEqual(
    steps.map((step) => [step.at, step.event.it]),
    [
      ['2026-11-22T10:00:00.000', 'Controllata: è in attesa di invio al Sistema di Interscambio'],
      ['2026-11-22T10:01:00.000', 'SdI: Ricevuta di consegna (RC)'],
      ['2026-11-22T10:02:00.000', 'Inviata al Sistema di Interscambio'],
    ],
  );
  assert.deepEqual([sdiId, fileName, steps[2]?.details], ['987', 'IT01_1.xml', ['250 OK']]);
});

test('a refused invoice tells what the checks found; others do not repeat their warnings', () => {
  const refused = trailOf({ ...parts, history: [outcome({ status: 'INTERNAL_INVOICE_INVALID' })], notices: [] });
  assert.deepEqual(refused.steps?.[0]?.details, [{ it: '00400: Natura mancante', en: '00400: Natura is missing' }]);
  assert.deepEqual(trailOf(parts).steps?.[0]?.details, []);
});

test('a notice tells what happened, a detail what it means', () => {
  const history = [outcome({ status: 'INTERNAL_INVOICE_DELIVERED', detail: 'REFUSED', reason: 'CIG mancante' })];
  const { steps = [] } = trailOf({ ...parts, history });
  assert.deepEqual(steps[1]?.details?.[0], { it: 'Consegnato.', en: 'Delivered.' });
  assert.deepEqual(steps[0]?.details, [
    { it: 'L’ente pubblico l’ha rifiutata', en: 'The public body refused it' },
    'CIG mancante',
  ]);
});

test('a notice of a kind that we do not know is told all the same', () => {
  const { steps = [] } = trailOf({ ...parts, history: [], notices: [{ ...notice, kind: 'ZZ' }] });
  assert.equal(steps[0]?.event.en, 'SdI: Notice (ZZ)');
});
