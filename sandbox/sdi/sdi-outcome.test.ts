// sandbox: the words by which SdI is told what to answer.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { outcomeIn, outcomeWords, readOutcome } from './sdi-outcome.ts';

test('each word is understood, with what follows it', () => {
  assert.deepEqual(readOutcome('SCARTO 00404 00311'), { fate: 'SCARTO', codes: ['00404', '00311'] });
  assert.deepEqual(readOutcome('scarto'), { fate: 'SCARTO', codes: [] });
  assert.deepEqual(readOutcome('RIFIUTA importo errato'), { fate: 'RIFIUTA', reason: 'importo errato' });
  for (const fate of ['RC', 'MC', 'ACCETTA', 'DECORRENZA', 'AT', 'SILENZIO'])
    assert.deepEqual(readOutcome(fate), { fate });
  assert.deepEqual(readOutcome('TARDI 5d'), { lateMs: 5 * 86_400_000 });
  assert.deepEqual(readOutcome('TARDI 2 h'), { lateMs: 7_200_000 });
});

test('several words hold together, divided by semicolons or by SDI:', () => {
  const wanted = { fate: 'MC', doubled: true, disordered: true, lateMs: 60_000 };
  assert.deepEqual(readOutcome('MC; DOPPIA; DISORDINE; TARDI 1m'), wanted);
  assert.deepEqual(readOutcome('SDI:MC SDI:DOPPIA SDI:DISORDINE SDI:TARDI 1m'), wanted);
});

test('what is no outcome is none', () => {
  for (const words of ['', ';', 'FORSE', 'SCARTO 404', 'TARDI', 'TARDI 5 settimane', 'TARDI 999999d', 'MC; FORSE']) {
    assert.equal(readOutcome(words), undefined, words);
  }
});

test('words are found within the text of a document, and other text is passed over', () => {
  assert.deepEqual(outcomeIn(['Lavori di marzo', 'vedi contratto SDI:RIFIUTA manca il CIG']), {
    fate: 'RIFIUTA',
    reason: 'manca il CIG',
  });
  assert.deepEqual(outcomeIn(['SDI:MC; grazie mille']), { fate: 'MC' });
  assert.equal(outcomeIn(['RIFIUTA tutto', 'SDI:FORSE', 'canale SDI']), undefined);
});

test('an outcome is written in the words that it is read from', () => {
  for (const words of ['SCARTO 00404 00311', 'RIFIUTA importo errato; DOPPIA', 'MC; DISORDINE; TARDI 90s']) {
    assert.equal(outcomeWords(readOutcome(words) ?? {}), words);
  }
});
