// mailbox: which mailboxes are read, and settings that cannot be meant.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HubError } from '@staffetta/flow/errors.ts';
import { firstDay, mailboxesToRead, providerTrust } from './config.ts';
import { quickSettings } from './mailbox-test-kit.ts';

function isWrong(says: RegExp) {
  return (error: unknown): boolean =>
    error instanceof HubError && error.code === 'SETTING_WRONG' && says.test(error.message);
}

test('the mailbox of PEC_ADDRESS is read where IMAP_URL is set, and the further ones that have an imapUrl', () => {
  assert.deepEqual(mailboxesToRead(quickSettings({})), []);
  const further = [
    { address: 'Altra@pec.example', imapUrl: 'imaps://a:b@h' },
    { address: 'invia@pec.example', smtpUrl: 'smtp://h' },
  ];
  const values = quickSettings({
    PEC_ADDRESS: 'Fatture@pec.example',
    IMAP_URL: 'imap://u:p@localhost:1143',
    PEC_MAILBOXES: JSON.stringify(further),
  });
  assert.deepEqual(
    mailboxesToRead(values).map(({ address, url }) => [address, url.host]),
    [
      ['fatture@pec.example', 'localhost'],
      ['altra@pec.example', 'h'],
    ],
  );
});

test('a mailbox that is named twice, or is none, stops the start', () => {
  const twice = {
    PEC_ADDRESS: 'a@b.it',
    IMAP_URL: 'imap://u:p@h',
    PEC_MAILBOXES: '[{"address":"A@b.it","imapUrl":"imap://u:p@h"}]',
  };
  assert.throws(() => mailboxesToRead(quickSettings(twice)), isWrong(/read it once/));
  const none = { PEC_ADDRESS: 'fatture', IMAP_URL: 'imap://u:p@h' };
  assert.throws(() => mailboxesToRead(quickSettings(none)), isWrong(/no mail address/));
});

test('the first day is a day', () => {
  assert.equal(firstDay(quickSettings({})), undefined);
  assert.equal(firstDay(quickSettings({ MAILBOX_SINCE: '2026-01-31' }))?.toISOString(), '2026-01-31T00:00:00.000Z');
  for (const since of ['ieri', '31/01/2026', '2026-13-01']) {
    assert.throws(() => firstDay(quickSettings({ MAILBOX_SINCE: since })), isWrong(/write a day/));
  }
});

test('signatures are verified only with somebody to trust', () => {
  assert.equal(providerTrust(quickSettings({ PEC_TRUST: '/nowhere' })), undefined);
  assert.throws(() => providerTrust(quickSettings({ PEC_SIGNATURES: 'require' })), isWrong(/needs PEC_TRUST/));
  const lost = quickSettings({ PEC_SIGNATURES: 'warn', PEC_TRUST: '/nowhere/at-all.pem' });
  assert.throws(() => providerTrust(lost), isWrong(/cannot be read/));
});
