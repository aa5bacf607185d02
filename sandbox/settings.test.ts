// The sandbox's settings: what they wish of its mail, and what they refuse without telling a password.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSettings } from '@staffetta/platform/config/settings.ts';
import { companyMailbox, pecWishes, sandboxSettings } from './settings.ts';

const wishes = (environment: Record<string, string>): ReturnType<typeof pecWishes> =>
  pecWishes(readSettings(sandboxSettings, environment).values);

test('by default the sandbox is provider and SdI, over its own mailboxes', () => {
  assert.deepEqual(wishes({}), { deliverImap: [], collectImap: [] });
  assert.equal(wishes({ STAFFETTA_SANDBOX_SDI: 'false' }), undefined);
});

test('real servers are named by addresses, several of a kind with commas', () => {
  const sdi = ['imap://sdi01%40pec.fatturapa.it:x@h:143', 'imaps://sdi48%40pec.fatturapa.it:x@h'];
  const environment = {
    SANDBOX_DELIVER_SMTP: 'smtp://h:25',
    SANDBOX_DELIVER_IMAP: 'imap://a%40b.example:x@h:143',
    SANDBOX_COLLECT_IMAP: sdi.join(', '),
    SANDBOX_SDI_DELAY: '50ms',
  };
  assert.deepEqual(wishes(environment), {
    deliverSmtp: 'smtp://h:25',
    deliverImap: ['imap://a%40b.example:x@h:143'],
    collectImap: sdi,
    sdiDelayMs: 50,
  });
});

test('what is no address is refused by its name, and the password in it stays untold', () => {
  for (const [name, text] of [
    ['SANDBOX_DELIVER_SMTP', 'http://u:segreto@h'],
    ['SANDBOX_DELIVER_IMAP', 'imap://u:segreto@h:143'],
    ['SANDBOX_COLLECT_IMAP', 'segreto'],
  ] as const) {
    assert.throws(
      () => wishes({ [name]: text }),
      (error: Error) => error.message.includes(name) && !error.message.includes('segreto'),
    );
  }
});

test("the company's mailbox is that of PEC_ADDRESS, and one that is no address is refused by its name", () => {
  assert.equal(companyMailbox({}), 'fatture@staffetta.example');
  assert.equal(companyMailbox({ PEC_ADDRESS: 'ditta@pec.example' }), 'ditta@pec.example');
  for (const wrong of ['ditta', 'a/b@pec.example']) {
    assert.throws(() => companyMailbox({ PEC_ADDRESS: wrong }), { code: 'SETTING_WRONG', message: /PEC_ADDRESS/ });
  }
});
