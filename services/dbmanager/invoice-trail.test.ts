// dbmanager: a trail tells in words what happened, in the order of time, with the reasons that people need.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Alarm } from './alarms.ts';
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
  signature: null,
  receivedAt: at(1),
  words: { it: ['Consegnato.'], en: ['Delivered.'] },
};
const message = { it: 'Natura mancante', en: 'Natura is missing' };
const parts: TrailParts = {
  view: { findings: [{ code: '00400', severity: 'error', message }] } as unknown as InvoiceView,
  history: [outcome({}), outcome({ status: 'INTERNAL_INVOICE_SENT', happenedAt: at(2), reason: '250 OK' })],
  transmissions: [{ sdiId: null }, { sdiId: '987', current: true }] as unknown as Transmission[],
  notices: [notice],
  receipts: [],
  alarms: [],
  fileName: 'IT01_1.xml',
  sha256: 'ab',
};

test('statuses and notices stand in the order of time, by the clock of Rome', () => {
  const { steps = [], sdiId, fileName } = trailOf(parts);
  assert.deepEqual(
    steps.map((step) => [step.at, step.event.it]),
    [
      ['2026-11-22T10:00:00.000', 'Presa in carico e controllata: è in attesa di invio al Sistema di Interscambio'],
      ['2026-11-22T10:01:00.000', 'SdI: Ricevuta di consegna (RC)'],
      ['2026-11-22T10:02:00.000', 'Inviata al Sistema di Interscambio'],
    ],
  );
  assert.deepEqual([sdiId, fileName, steps[2]?.details], ['987', 'IT01_1.xml', ['250 OK']]);
});

test('what is sent again says so, and bears no id of the file before it', () => {
  const history = [outcome({ event: 'resent', reason: 'IVA corretta' })];
  const transmissions = [{ sdiId: '987' }, { sdiId: null, current: true }] as unknown as Transmission[];
  const { steps = [], sdiId } = trailOf({ ...parts, history, transmissions, notices: [] });
  assert.match(steps[0]?.event.it ?? '', /^Si invia di nuovo/);
  assert.deepEqual([steps[0]?.details, sdiId], [['IVA corretta'], undefined]);
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

test('a notice whose signature was judged tells what became of it', () => {
  const detailsOf = (signature: ToldNotice['signature']) =>
    trailOf({ ...parts, history: [], notices: [{ ...notice, signature }] }).steps?.[0]?.details ?? [];
  const detail = detailsOf('broken')[1];
  assert.match(typeof detail === 'object' ? detail.it : '', /^La firma non è valida: verificare/);
  assert.equal(detailsOf('valid').length, detailsOf(null).length + 1);
});

test('a notice of a kind that we do not know is told all the same', () => {
  const { steps = [] } = trailOf({ ...parts, history: [], notices: [{ ...notice, kind: 'ZZ' }] });
  assert.equal(steps[0]?.event.en, 'SdI: Notice (ZZ)');
});

test('receipts of the PEC provider and alarms are steps of their own, told once', () => {
  const receipt = {
    receiptId: 'r',
    transmissionId: 't',
    receipt: 'accettazione',
    mailbox: 'fatture@staffetta.example',
    mailId: 'm',
    provider: 'Gestore PEC',
    recipient: null,
    certifiedAt: at(3),
    reason: null,
    receivedAt: at(9),
  } as const;
  const alarm: Alarm = {
    alarmId: 'a',
    invoiceId: 'i',
    transmissionId: 't',
    kind: 'NO_NOTICE',
    since: at(2),
    dueAt: at(4),
    raisedAt: at(5),
    clearedAt: at(6),
    clearedBy: 'delivered',
  };
  const status = 'INTERNAL_INVOICE_SENT';
  const history = [
    ...parts.history,
    outcome({ status, event: 'sent', doneBy: 'mailbox', happenedAt: at(3), detail: 'TAKEN_BY_PROVIDER' }),
    outcome({ status, event: 'noticed', doneBy: 'dbmanager', happenedAt: at(5), detail: 'NEWS_OVERDUE' }),
  ];
  const { steps = [] } = trailOf({ ...parts, history, receipts: [receipt], alarms: [alarm] });
  assert.deepEqual(
    steps.slice(3).map(({ event, details }) => [event.it.split(':')[0], details?.length]),
    [
      ['PEC', 1],
      ['Avviso', 1],
    ],
  );
  assert.equal(steps.length, 5);
});

test('where the status stays, the finer state is what happened', () => {
  const received = { status: 'EXTERNAL_INVOICE' } as const;
  const history = [
    outcome({ ...received, detail: 'RECEIVED', event: 'received' }),
    outcome({ ...received, detail: 'REFUSAL_SENT', event: 'answered', reason: 'CIG mancante', happenedAt: at(3) }),
  ];
  const { steps = [] } = trailOf({ ...parts, history, notices: [] });
  assert.deepEqual(
    steps.map(({ event, details }) => [event.it, details]),
    [
      ['Ricevuta dal fornitore', []],
      ['L’ente l’ha rifiutata: la risposta è stata affidata alla posta per SdI', ['CIG mancante']],
    ],
  );
});

test('the signature is a step, and a receipt of the second in which its mail went out comes after the mail', () => {
  const sentAt = new Date(at(2).getTime() + 400);
  const transmission = { transmissionId: 't', fileName: 'IT01_1.xml.p7m', signedAt: at(1), sentAt, sdiId: null };
  const { steps = [] } = trailOf({
    ...parts,
    history: [outcome({}), outcome({ status: 'INTERNAL_INVOICE_SENT', happenedAt: sentAt })],
    transmissions: [transmission] as unknown as Transmission[],
    receipts: [
      {
        transmissionId: 't',
        receipt: 'avvenuta-consegna',
        certifiedAt: at(2),
        recipient: 'sdi@pec.example',
        reason: null,
      },
    ] as unknown as TrailParts['receipts'],
    notices: [],
  });
  assert.deepEqual(
    steps.map(({ event, details }) => [event.en, details?.[0]]),
    [
      ['Taken in and checked: it waits to be sent to SdI', undefined],
      ['Signed', 'IT01_1.xml.p7m'],
      ['Sent to SdI', undefined],
      ["PEC: Mail delivered into SdI's PEC mailbox", 'sdi@pec.example'],
    ],
  );
});

test('that an answer is due is told by its alarm alone, and not as if the invoice had been received again', () => {
  const received = { status: 'EXTERNAL_INVOICE', detail: 'RECEIVED' } as const;
  const history = [
    outcome({ ...received, event: 'received', doneBy: 'mailbox' }),
    outcome({ ...received, event: 'answerDue', doneBy: 'dbmanager', happenedAt: at(5) }),
  ];
  const { steps = [] } = trailOf({ ...parts, history, transmissions: [], notices: [] });
  assert.deepEqual(
    steps.map(({ event }) => event.it),
    ['Ricevuta dal fornitore'],
  );
});
