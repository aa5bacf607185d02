// platform: how the further PEC mailboxes are written.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPecMailboxes } from './pec-mailboxes.ts';

test('mailboxes are read as they are written, and none where nothing is', () => {
  assert.deepEqual(readPecMailboxes(undefined), []);
  assert.deepEqual(readPecMailboxes(' '), []);
  const both = { address: 'due@pec.example.it', smtpUrl: 'smtps://u:p@h', imapUrl: 'imaps://u:p@h' };
  const reads = { address: 'tre@pec.example.it', imapUrl: 'imap://u:p@h:143' };
  assert.deepEqual(readPecMailboxes(JSON.stringify([both, reads])), [both, reads]);
});

const wrong: Readonly<Record<string, readonly [string, RegExp]>> = {
  'what is no JSON': ['a@b.it smtp://u:secret@h', /no JSON\./],
  'what is no array': ['{"address":"a@b.it"}', /no JSON array/],
  'an entry that is no object': ['["secret"]', /entry 1 is no object/],
  'an entry without an address': ['[{"smtpUrl":"smtp://u:secret@h"}]', /entry 1 has no mail address/],
  'an address that is none': ['[{"address":"a b@c.it","smtpUrl":"smtp://u:secret@h"}]', /no mail address/],
  'a URL of another kind': ['[{"address":"a@b.it","imapUrl":"http://u:secret@h"}]', /imapUrl of a@b\.it/],
  'a URL that is none': ['[{"address":"a@b.it","smtpUrl":"smtp://u:secret@h:port"}]', /smtpUrl of a@b\.it/],
  'a name that nobody reads': ['[{"address":"a@b.it","smtp":"smtp://u:secret@h"}]', /a@b\.it has a field/],
  'a mailbox for nothing': ['[{"address":"a@b.it"}]', /neither smtpUrl nor imapUrl/],
  'an address twice': [
    '[{"address":"a@b.it","smtpUrl":"smtp://h"},{"address":"A@b.it","imapUrl":"imap://u:secret@h"}]',
    /A@b\.it comes twice/,
  ],
};
for (const [what, [text, words]] of Object.entries(wrong)) {
  test(`${what} is refused by name, and nothing secret is repeated`, () => {
    assert.throws(
      () => readPecMailboxes(text),
      (error: Error & { code?: string }) =>
        error.code === 'SETTING_WRONG' && words.test(error.message) && !error.message.includes('secret@'),
    );
  });
}
