// sender: its settings, and what follows from them.
import { readSettings } from '@staffetta/platform/config/settings.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { handOversMax, requireMailTo, sendingMailboxes, settings } from './config.ts';

function read(environment: Record<string, string>) {
  return readSettings(settings, environment).values;
}

test('mails that hang for as long as they may do not use up the tries of the bus', () => {
  assert.equal(handOversMax(read({ MAIL_TRIES: '1', MAIL_RETRY_DELAYS: '1h' })), 4);
  const quick = handOversMax(read({ MAIL_TRIES: '1', MAIL_RETRY_DELAYS: '0s' }));
  assert.ok(quick > 1800, `${quick} looks at a mail that hangs for half an hour`);
  assert.ok(handOversMax(read({})) > 8);
  const curt = handOversMax(read({ MAIL_TRIES: '1', MAIL_RETRY_DELAYS: '0s', SMTP_COMMAND_TIMEOUT: '1s' }));
  assert.ok(curt < quick, `${curt} looks suffice where the server has a second for each command`);
});

test('a mailbox that is none is refused at the start', () => {
  sendingMailboxes(read({}));
  requireMailTo(read({}));
  for (const name of ['MAIL_FROM', 'PEC_ADDRESS']) {
    assert.throws(() => sendingMailboxes(read({ [name]: 'fatture' })), {
      code: 'SETTING_WRONG',
      message: new RegExp(name),
    });
  }
  assert.throws(() => requireMailTo(read({ MAIL_TO: 'a@b, c@d' })), { code: 'SETTING_WRONG', message: /MAIL_TO/ });
});

test('MAIL_FROM is PEC_ADDRESS unless it is set, and no mailbox comes twice', () => {
  const pec = { PEC_ADDRESS: 'uno@pec.example.it', SMTP_URL: 'smtp://h' };
  assert.equal(sendingMailboxes(read(pec))[0].address, 'uno@pec.example.it');
  assert.equal(sendingMailboxes(read({ ...pec, MAIL_FROM: 'due@example.it' }))[0].address, 'due@example.it');
  const twice = { ...pec, PEC_MAILBOXES: '[{"address":"UNO@pec.example.it","smtpUrl":"smtp://h"}]' };
  assert.throws(() => sendingMailboxes(read(twice)), { code: 'SETTING_WRONG', message: /main mailbox/ });
});

test('an unsure mail waits for a receipt where its mailbox is read, unless somebody says how long', () => {
  const further = '[{"address":"a@b.it","smtpUrl":"smtp://h"},{"address":"c@d.it","imapUrl":"imap://h"}]';
  const waits = (environment: Record<string, string>): number[] =>
    sendingMailboxes(read({ PEC_MAILBOXES: further, ...environment })).map(({ unsureWaitMs }) => unsureWaitMs);
  assert.deepEqual(waits({}), [0, 0, 600_000]);
  assert.deepEqual(waits({ IMAP_URL: 'imap://h' }), [600_000, 0, 600_000]);
  assert.deepEqual(waits({ IMAP_URL: 'imap://h', MAIL_UNSURE_WAIT: '5s' }), [5000, 5000, 5000]);
});
