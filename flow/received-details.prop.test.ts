// flow: whatever becomes known of a received invoice, in whatever order and however often, leads to one end, and no answer is lost.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  answerOutcomes,
  asksSomebody,
  detailOfLot,
  fartherMail,
  mayAnswer,
  receivedDetail,
  receivedDetails,
  type AnswerMail,
  type AnswerOutcome,
  type ReceivedDetail,
  type ReceivedFacts,
} from './received-details.ts';

const mails = ['TOBE_SENT', 'NOT_SENT', 'SENT', 'RETURNED', 'ARRIVED'] as const satisfies AnswerMail[];
type News = AnswerMail | 'discarded' | 'told' | 'reached';
const news: readonly News[] = [...mails, 'discarded', 'told', 'reached'];

function given(outcome: AnswerOutcome): ReceivedFacts {
  const answer = { outcome, mail: 'TOBE_SENT', discarded: false } as const;
  return { isOwn: false, answer, deadlineTold: false, deadlineReached: false };
}

function learn(facts: ReceivedFacts, one: News): ReceivedFacts {
  if (one === 'told') return { ...facts, deadlineTold: true };
  if (one === 'reached') return { ...facts, deadlineReached: true };
  const { answer } = facts;
  if (!answer) return facts;
  return { ...facts, answer: one === 'discarded' ? { ...answer, discarded: true } : withMail(answer, one) };
}

function withMail(answer: NonNullable<ReceivedFacts['answer']>, mail: AnswerMail) {
  return { ...answer, mail: fartherMail(answer.mail, mail) };
}

const anyOutcome = fc.constantFrom(...answerOutcomes);
const anyOrders = fc
  .array(fc.constantFrom(...news), { maxLength: 12 })
  .chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })));

test('the same news in another order, or twice, leads to the same end', () => {
  fc.assert(
    fc.property(anyOutcome, anyOrders, (outcome, [list, other]) => {
      const end = list.reduce(learn, given(outcome));
      assert.deepEqual([...other, ...list].reduce(learn, given(outcome)), end);
      assert.equal(receivedDetail([...other].reduce(learn, given(outcome))), receivedDetail(end));
    }),
    { numRuns: 2000 },
  );
});

test('no order of events loses an answer: it stays known, and what went out in time stands against our clock', () => {
  fc.assert(
    fc.property(anyOutcome, anyOrders, (outcome, [list]) => {
      const end = list.reduce(learn, given(outcome));
      assert.equal(end.answer?.outcome, outcome);
      const isGone = list.includes('discarded') || list.includes('told');
      const isBack = end.answer.mail === 'NOT_SENT' || end.answer.mail === 'RETURNED';
      const stands = outcome === 'EC01' ? 'ACCEPTANCE_SENT' : 'REFUSAL_SENT';
      assert.equal(receivedDetail(end) === stands, !isGone && !isBack);
    }),
  );
});

test('an answer may be given again where it did not count, and never after the term', () => {
  fc.assert(
    fc.property(anyOutcome, anyOrders, (outcome, [list]) => {
      const detail = receivedDetail(list.reduce(learn, given(outcome)));
      if (list.includes('told')) assert.equal(detail, 'DEADLINE_PASSED');
      if (list.includes('reached')) assert.equal(mayAnswer(detail), false);
      else if (list.includes('discarded') && !list.includes('told')) assert.equal(mayAnswer(detail), true);
    }),
  );
});

test('a lot stands where its invoices stand alike; else what asks for something comes first', () => {
  const any = fc.array(fc.constantFrom(...(Object.keys(receivedDetails) as ReceivedDetail[])), { minLength: 1 });
  fc.assert(
    fc.property(any, (details) => {
      const detail = detailOfLot(details);
      const alike = new Set(details).size === 1;
      assert.ok(alike ? detail === details[0] : detail === 'ANSWERS_DIFFER' || mayAnswer(detail));
      const needs = details.some((one) => one === 'ANSWER_NOT_SENT' || one === 'ANSWER_DISCARDED');
      if (needs) assert.ok(asksSomebody(detail));
    }),
  );
});
