// sender: its settings, and what follows from them.
import { readSettings } from '@staffetta/platform/config/settings.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { handOversMax, requireMailboxes, settings } from './config.ts';

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
  requireMailboxes(read({}));
  assert.throws(() => requireMailboxes(read({ MAIL_FROM: 'fatture' })), {
    code: 'SETTING_WRONG',
    message: /MAIL_FROM/,
  });
  assert.throws(() => requireMailboxes(read({ MAIL_TO: 'a@b, c@d' })), { code: 'SETTING_WRONG', message: /MAIL_TO/ });
});
