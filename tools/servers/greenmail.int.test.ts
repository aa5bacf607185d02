// Real servers for tests: proves that a mail given to our GreenMail by SMTP is there by IMAP.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { after, before, suite, test } from 'node:test';
import { servers } from './available.ts';
import { startGreenmail, type GreenmailServer } from './greenmail.ts';

suite('a mail server of our own', { skip: servers.java.missing }, () => {
  let greenmail: GreenmailServer;
  before(async () => {
    greenmail = await startGreenmail();
  });
  after(() => greenmail.stop());

  test('shows by IMAP the mail that it took by SMTP', async () => {
    await talk(greenmail.smtpUrl, [
      ['', '220 '],
      ['HELO test', '250 '],
      ['MAIL FROM:<ada@example.it>', '250 '],
      ['RCPT TO:<sdi@example.it>', '250 '],
      ['DATA', '354 '],
      ['Subject: IT01234567890_00001.xml\r\n\r\nhello\r\n.', '250 '],
    ]);
    const heard = await talk(greenmail.imapUrl, [
      ['', '* OK'],
      ['a LOGIN sdi@example.it any', 'a OK'],
      ['b SELECT INBOX', 'b OK'],
      ['c FETCH 1 BODY[HEADER.FIELDS (SUBJECT)]', 'c OK'],
    ]);
    assert.match(heard.join('\n'), /Subject: IT01234567890_00001\.xml/);
  });

  test('comes back on the same ports after kill -9', async () => {
    const { smtpUrl } = greenmail;
    await greenmail.kill9();
    await greenmail.restart();
    assert.equal(greenmail.smtpUrl, smtpUrl);
    await talk(smtpUrl, [['', '220 ']]);
  });
});

/** Says each line and waits for an answer that begins as expected; gives all lines heard. */
async function talk(
  address: string,
  exchanges: readonly (readonly [say: string, expect: string])[],
): Promise<string[]> {
  const { hostname, port } = new URL(address);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
  const heard: string[] = [];
  for (const [say, expect] of exchanges) {
    if (say !== '') socket.write(`${say}\r\n`);
    let line = '';
    do {
      line = (await lines.next()).value ?? assert.fail(`closed while waiting for "${expect}" to "${say}"`);
      heard.push(line);
    } while (!line.startsWith(expect) && !/^[45]\d\d /.test(line));
    assert.ok(line.startsWith(expect), `"${say}" was answered with "${line}"`);
  }
  socket.destroy();
  return heard;
}
