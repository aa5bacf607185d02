// sandbox: the chain of notices that SdI plans for a file.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { JudgedFile } from './judge-file.ts';
import { planAnswers } from './plan-answers.ts';
import { readOutcome, type Outcome } from './sdi-outcome.ts';

const dayMs = 86_400_000;
const times = { answerMs: 1000, bodyAnswerMs: 5000 };
const toFirm: JudgedFile = {
  name: 'IT01234567897_00001.xml',
  bytes: Buffer.from(''),
  hash: '',
  family: 'B2B',
  format: 'FPR12',
  recipientCode: 'ABC1234',
  bodies: [{ number: '1', year: '2026', key: '1' }],
  wishes: [undefined],
  errors: [],
};
const toBody: JudgedFile = { ...toFirm, family: 'PA', format: 'FPA12', recipientCode: 'UFABC1' };

/** Kind, answer and the instant of its mail, for each notice. */
function chain(file: JudgedFile, rule?: string): string[] {
  const { notices } = planAnswers(file, rule === undefined ? undefined : readOutcome(rule), times);
  const inOrder = [...notices].sort((one, other) => one.dueMs - other.dueMs);
  return inOrder.map(({ kind, esito, position, dueMs }) => {
    const about = position === undefined ? '' : `#${position}`;
    const days = Math.floor(dueMs / dayMs);
    return `${kind}${esito ? ` ${esito}` : ''}${about} +${days > 0 ? `${days}d ` : ''}${dueMs % dayMs}`;
  });
}

function lot(...words: (string | undefined)[]): JudgedFile {
  const wishes = words.map((text): Outcome | undefined => (text === undefined ? undefined : readOutcome(text)));
  return {
    ...toBody,
    wishes,
    bodies: words.map((_, index) => ({ number: `${index}`, year: '2026', key: `${index}` })),
  };
}

suite('by itself', () => {
  test('a right file is delivered', () => assert.deepEqual(chain(toFirm), ['RC +1000']));
  test('without an address, or abroad, it lies in the area of the customer', () => {
    assert.deepEqual(chain({ ...toFirm, recipientCode: '0000000' }), ['MC +1000']);
    assert.deepEqual(chain({ ...toFirm, recipientCode: 'XXXXXXX' }), ['MC +1000']);
    assert.deepEqual(chain({ ...toFirm, recipientCode: '0000000', pec: 'a@pec.it' }), ['RC +1000']);
  });
  test('a public body takes delivery and accepts', () => {
    assert.deepEqual(chain(toBody), ['RC +1000', 'NE EC01 +6000']);
  });
  test('nobody is behind 999999', () => assert.deepEqual(chain({ ...toBody, recipientCode: '999999' }), ['AT +1000']));
  test('what is wrong is discarded, whatever was asked for', () => {
    const wrong = { ...toBody, errors: [{ code: '00404', description: '', suggestion: '' }] };
    assert.deepEqual(chain(wrong), ['NS +1000']);
    assert.deepEqual(chain(wrong, 'ACCETTA; DOPPIA'), ['NS +1000', 'NS +1500']);
    assert.equal(planAnswers(wrong, undefined, times).decided, 'SCARTO 00404');
  });
});

suite('as it was told', () => {
  const cases: [words: string, file: JudgedFile, wanted: string[]][] = [
    ['SCARTO 00404 00311', toFirm, ['NS +1000']],
    ['MC', toFirm, ['MC +1000']],
    ['RIFIUTA no', toFirm, ['RC +1000']],
    ['AT', toFirm, ['MC +1000']],
    ['SILENZIO', toFirm, []],
    ['DOPPIA', toFirm, ['RC +1000', 'RC +1500']],
    ['TARDI 5d', toFirm, ['RC +5d 1000']],
    ['RC', toBody, ['RC +1000']],
    ['RIFIUTA importo errato', toBody, ['RC +1000', 'NE EC02 +6000']],
    ['DECORRENZA', toBody, ['RC +1000', 'DT +15d 1000']],
    ['MC', toBody, ['MC +1000', 'RC +5d 1000', 'NE EC01 +5d 6000']],
    ['AT', toBody, ['MC +1000', 'AT +10d 1000']],
    ['DISORDINE', toBody, ['NE EC01 +6000', 'RC +7000']],
    ['DECORRENZA; TARDI 2d', toBody, ['RC +2d 1000', 'DT +17d 1000']],
  ];
  for (const [words, file, wanted] of cases) {
    test(`${words} of a file of family ${file.family}`, () => assert.deepEqual(chain(file, words), wanted));
  }

  test('the codes and the reason are those that were named', () => {
    const discard = planAnswers(toFirm, readOutcome('SCARTO 00404 00311'), times);
    assert.deepEqual(discard.notices[0]?.codes, ['00404', '00311']);
    const refusal = planAnswers(toBody, readOutcome('RIFIUTA importo errato'), times);
    assert.equal(refusal.notices[1]?.reason, 'importo errato');
  });

  test('a notice that comes twice is the same', () => {
    const { notices } = planAnswers(toFirm, readOutcome('DOPPIA'), times);
    assert.deepEqual(
      notices.map(({ step, madeMs }) => [step, madeMs]),
      [
        [0, 1000],
        [0, 1000],
      ],
    );
  });

  test('out of order, each still says when it was made', () => {
    const { notices } = planAnswers(toBody, readOutcome('DISORDINE'), times);
    assert.deepEqual(
      notices.map(({ kind, madeMs }) => [kind, madeMs]),
      [
        ['RC', 1000],
        ['NE', 6000],
      ],
    );
  });
});

suite('a lot', () => {
  test('each invoice gets its own answer', () => {
    const wanted = ['RC +1000', 'NE EC01#1 +6000', 'NE EC02#2 +6000', 'DT#3 +15d 1000'];
    assert.deepEqual(chain(lot(undefined, 'RIFIUTA no', 'DECORRENZA')), wanted);
  });
  test('the same for all is one answer for the file', () => {
    assert.deepEqual(chain(lot('RIFIUTA no', 'RIFIUTA no')), ['RC +1000', 'NE EC02 +6000']);
  });
  test('a discard of one is a discard of the file', () => {
    assert.deepEqual(chain(lot(undefined, 'SCARTO 00404')), ['NS +1000']);
  });
  test('a rule holds for all', () =>
    assert.deepEqual(chain(lot('RIFIUTA no', undefined), 'AT'), ['MC +1000', 'AT +10d 1000']));
});
