// What profile dev takes for granted: mails go to the sandbox, and the company's mailbox is read there.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSettings } from './settings.ts';
import { withDevDefaults, worldSettings } from './world-settings.ts';

function filled(environment: Record<string, string>): Readonly<Record<string, string | undefined>> {
  return withDevDefaults(environment, readSettings(worldSettings, environment).values);
}

test('in dev mails go to the sandbox, and the mailbox of PEC_ADDRESS is read there', () => {
  const { SMTP_URL, IMAP_URL } = filled({ STAFFETTA_PORT_OFFSET: '100' });
  assert.equal(SMTP_URL, 'smtp://127.0.0.1:1125');
  assert.equal(IMAP_URL, 'imap://fatture%40staffetta.example:sandbox@127.0.0.1:1243');
  assert.match(filled({ PEC_ADDRESS: 'io@pec.example' })['IMAP_URL'] ?? '', /^imap:\/\/io%40pec\.example:/);
});

test('a mailbox that is named stays, and where mails go to a real server none is taken for granted', () => {
  assert.equal(filled({ IMAP_URL: 'imap://a%40b.example:x@h' })['IMAP_URL'], 'imap://a%40b.example:x@h');
  assert.equal(filled({ SMTP_URL: 'smtp://h:25' })['IMAP_URL'], undefined);
});

test('in production nothing is taken for granted', () => {
  const environment = { STAFFETTA_PROFILE: 'production' };
  assert.deepEqual(filled(environment), environment);
});
