// hub: mails are told in words; what waits for a person says why, and what can be done.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mailLines, mailStates, oneMailLines, type ToldMail } from './tell-mail.ts';

const mail: ToldMail = {
  mailId: '01a213f0-eaeb-72e7-b6e7-044268d20b47',
  mailbox: 'fatture@example.it',
  subject: 'Fattura in arrivo',
  from: 'sdi@example.it',
  receivedAt: '2026-11-25T10:00:00.000Z',
  storedAt: '2026-11-25T10:00:01.000Z',
  state: 'quarantined',
  why: { it: 'Nessun cliente corrisponde.', en: 'No customer fits.' },
  words: { it: ['Messaggio di SdI.'], en: ['Message from SdI.'] },
  results: [{ what: 'invoice', name: 'a.xml', outcome: 'unknownRecipient', words: 'nobody' }],
};

test('a list names time, state and subject by the clock of Rome, and why somebody has to look', () => {
  assert.deepEqual(mailLines({ content: [mail], totalElements: 3 }, [], 'it').slice(0, 4), [
    '25/11/2026 11:00:00  da guardare  Fattura in arrivo',
    '    Nessun cliente corrisponde.',
    '    01a213f0-eaeb-72e7-b6e7-044268d20b47',
    '… e altre 2.',
  ]);
});

test('a reason is shown with its code, by which all mails of that reason are tried again', () => {
  const coded = { ...mail, why: { it: 'Nessun cliente.', en: 'No customer.', code: 'UNKNOWN_RECIPIENT' } };
  const [, why] = mailLines({ content: [coded], totalElements: 1 }, [], 'it');
  assert.equal(why, '    Nessun cliente. (UNKNOWN_RECIPIENT)');
  assert.match(oneMailLines(coded, 'en').join('\n'), /Why: No customer\. \(UNKNOWN_RECIPIENT\)/);
});

test('what is wrong with a mailbox stands on top, also where there is no mail', () => {
  const trouble = {
    since: '2026-11-25T10:00:00.000Z',
    it: 'La password non è accettata.',
    en: 'The password is refused.',
  };
  const box = { mailbox: 'fatture@example.it', troubles: [trouble] };
  assert.deepEqual(mailLines({ content: [], totalElements: 0 }, [box], 'en'), [
    'ATTENTION: fatture@example.it (25 Nov 2026 11:00:00): The password is refused.',
    'There are none.',
  ]);
});

test('one mail tells what it is, what came of it, and what was done by hand', () => {
  const acts = [{ at: '2026-11-25T11:00:00.000Z', by: 'aruba', action: 'mail.settle', reason: 'registrata a mano' }];
  const text = oneMailLines({ ...mail, acts }, 'it').join('\n');
  assert.match(text, /\n {2}Messaggio di SdI\.\n\nPerché: Nessun cliente corrisponde\.\n/);
  assert.match(text, /Fattura ricevuta a\.xml: nessun cliente corrisponde: nobody/);
  assert.match(text, /25\/11\/2026 12:00:00 {2}Chiusa da aruba: registrata a mano/);
  assert.match(text, /mails settle ID/);
  assert.doesNotMatch(oneMailLines({ ...mail, state: 'understood' }, 'it').join('\n'), /mails settle/);
});

test('each state has words, and what strangers write does not steer the terminal', () => {
  for (const state of mailStates) {
    const odd = { ...mail, state, subject: '\u001b[2J', from: '\u202e', words: { it: ['\u0007'], en: [] } };
    const text = [...mailLines({ content: [odd], totalElements: 1 }, [], 'it'), ...oneMailLines(odd, 'it')].join('\n');
    assert.doesNotMatch(text, /[\u001b\u202e\u0007]/);
    assert.doesNotMatch(text, new RegExp(`  ${state}  `));
  }
});
