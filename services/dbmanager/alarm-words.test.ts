// dbmanager: what is advised can be done by who reads it: beside a path of REST stands the command of the terminal.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Sentence } from '@staffetta/fatturapa/finding.ts';
import { alarmFix, alarmWords } from './alarm-words.ts';
import { alarmKinds } from './deadline-rules.ts';
import { decisionAdvice } from './decision-advice.ts';
import { whyNotAgain } from './may-resend.ts';

const decisionNeeded = { status: 'INTERNAL_INVOICE_SENT', detail: 'DECISION_NEEDED' } as const;

/** Paths that stand without the command that does the same. */
function barePaths(text: string): string[] {
  const paths = text.match(/\([^()]*(?:POST|PUT) \/api[^()]*\)/g) ?? [];
  return paths.filter((path) => !/npm run staffetta -- (?:resend|decide)(?:, oppure|, or) POST/.test(path));
}

function told(sentences: readonly (Sentence | undefined)[]): string[] {
  return sentences.flatMap((sentence) => (sentence ? [sentence.it, sentence.en] : []));
}

test('every alarm says in both languages what did not happen and what to do', () => {
  for (const kind of alarmKinds) {
    const texts = told([alarmWords(kind), alarmFix(kind)]);
    assert.equal(texts.length, 4, kind);
    assert.ok(
      texts.every((text) => text.length > 20),
      kind,
    );
  }
});

test('who is to send again or to decide is told the command, not the path alone', () => {
  const texts = told([
    ...alarmKinds.map(alarmFix),
    ...decisionAdvice(decisionNeeded).map(({ fix }) => fix),
    whyNotAgain(decisionNeeded, 'same'),
  ]);
  assert.ok(texts.some((text) => text.includes('npm run staffetta -- resend')));
  assert.deepEqual(texts.flatMap(barePaths), []);
});
