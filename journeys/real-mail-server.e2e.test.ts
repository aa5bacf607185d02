// journeys: SMTP_URL alone is enough: mails go to a real server and lie in its mailbox, also when it was killed in between.
import { servers } from '@staffetta/tools/servers/available.ts';
import { startGreenmail, type GreenmailServer } from '@staffetta/tools/servers/greenmail.ts';
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Estate } from './harness/estate.ts';
import { invoiceXml } from './harness/invoices.ts';
import { imapMailbox } from './harness/mailbox.ts';
import { goodOutcomes, untilMailed, untilStatus, untilTold } from './harness/outcomes.ts';
import { until } from './harness/wait.ts';

describe('the default set-up with a mail server of its own', { skip: servers.java.missing }, () => {
  let greenmail: GreenmailServer | undefined;
  let estate: Estate | undefined;
  before(async () => {
    greenmail = await startGreenmail();
    const mailbox = imapMailbox(greenmail.imapUrl, 'sdi01@pec.fatturapa.it');
    estate = await Estate.start({ shape: 'hub', settings: { SMTP_URL: greenmail.smtpUrl }, mailbox });
  });
  after(async () => {
    await estate?.stop();
    await greenmail?.stop();
  });

  test("the mail lies in SdI's mailbox with the document byte for byte", async () => {
    assert.ok(estate);
    const document = invoiceXml();
    const correlationId = await estate.client.accept({ document, callback: estate.sandbox.callbackUrl('real-mail') });
    await untilTold(estate, correlationId, goodOutcomes);
    const { content, fileName } = await untilMailed(estate, correlationId);
    assert.equal(content.toString(), document);
    assert.match(fileName, /^IT01234567897_[A-Za-z0-9]{1,5}\.xml$/);
    assert.deepEqual(await estate.sandbox.mails(), []);
  });

  test('what was accepted while the server was dead arrives once it is back', async () => {
    assert.ok(estate && greenmail);
    const { client } = estate;
    await greenmail.kill9();
    const ids = await Promise.all(Array.from({ length: 10 }, () => client.accept({})));
    const look = () => client.countInvoices({ status: 'INTERNAL_INVOICE_TOBE_SENT' });
    await until('ten invoices that wait to be sent', look, (count) => count === 10);
    await greenmail.restart();
    // It comes back empty, as its mails lie in memory only.
    estate = Object.assign(estate, { mailbox: imapMailbox(greenmail.imapUrl, 'sdi01@pec.fatturapa.it') });
    for (const correlationId of ids) {
      await untilStatus(estate, correlationId, 'INTERNAL_INVOICE_SENT');
      await untilMailed(estate, correlationId);
    }
  });
});
