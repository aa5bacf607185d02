// journeys: an invoice to a public body goes out signed; one that is signed already goes out as it is.
import { signCades } from '@staffetta/fatturapa/signature/cades.ts';
import { Folder, madeKey, opensslVerify, runs } from '@staffetta/fatturapa/signature/keys.fixture.ts';
import { servers } from '@staffetta/tools/servers/available.ts';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { invoiceXml } from './harness/invoices.ts';
import { passTime, untilMailed, untilStatus } from './harness/outcomes.ts';
import { defaultSetUp, splitSetUp, splitOnPostgresSetUp, tellOn } from './harness/set-ups.ts';

function sha256(bytes: Buffer | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Takes the content out of a CAdES file by OpenSSL, which judges the signature by the certificate that lies in it. */
async function opened(signed: Buffer): Promise<Buffer> {
  const folder = await Folder.make();
  const file = await folder.write('signed.p7m', signed);
  const certificates = await runs('openssl', 'pkcs7', '-inform', 'DER', '-print_certs', '-in', file);
  const { ok, output, content } = await opensslVerify(folder, signed, certificates.output);
  await folder.remove();
  assert.ok(ok, output);
  return content;
}

const needed = { skip: servers.openssl.missing };

tellOn([defaultSetUp, splitSetUp], { mail: 'any' }, (estate) => {
  test(
    'an invoice to a public body is mailed as .xml.p7m, which OpenSSL verifies and which holds the original',
    needed,
    async () => {
      const document = invoiceXml({ format: 'FPA12' });
      const correlationId = await estate().client.accept({ document });
      const invoice = await untilStatus(estate(), correlationId, 'INTERNAL_INVOICE_SENT');
      const mail = await untilMailed(estate(), correlationId);
      assert.match(mail.fileName, /^IT01234567897_.{5}\.xml\.p7m$/);
      assert.equal((await opened(mail.content)).toString(), document);
      assert.equal(invoice.invoice, document);
      const [transmission] = invoice.transmissions ?? [];
      assert.equal(transmission?.fileName, mail.fileName);
      assert.equal(transmission?.sha256, sha256(mail.content));
      assert.deepEqual(
        invoice.history?.map(({ status, detail }) => [status, detail]),
        [
          ['INTERNAL_INVOICE_TOBE_SENT', 'TO_BE_SIGNED'],
          ['INTERNAL_INVOICE_SENT', 'SUBMITTED'],
        ],
      );
    },
  );

  test('one that is signed already is mailed byte for byte', async () => {
    const at = new Date(Date.now() - 60_000);
    const document = await signCades(Buffer.from(invoiceXml({ format: 'FPA12' })), madeKey('EC'), { at });
    const correlationId = await estate().client.accept({ document, raw: true });
    await untilStatus(estate(), correlationId, 'INTERNAL_INVOICE_SENT');
    const mail = await untilMailed(estate(), correlationId);
    assert.match(mail.fileName, /\.xml\.p7m$/);
    assert.equal(sha256(mail.content), sha256(document));
  });

  test('an invoice to a private customer is not signed', async () => {
    const document = invoiceXml();
    const correlationId = await estate().client.accept({ document });
    await untilStatus(estate(), correlationId, 'INTERNAL_INVOICE_SENT');
    assert.equal((await untilMailed(estate(), correlationId)).content.toString(), document);
  });
});

tellOn([splitOnPostgresSetUp], { mail: 'sandbox' }, (estate) => {
  test(
    'what is accepted while the signer is dead waits, and is signed and mailed once when it is back',
    needed,
    async () => {
      const signer = estate().processes.get('signer');
      assert.ok(signer);
      await signer.kill9();
      const document = invoiceXml({ format: 'FPA12' });
      const correlationId = await estate().client.accept({ document });
      await untilStatus(estate(), correlationId, 'INTERNAL_INVOICE_TOBE_SENT');
      await signer.start();
      await signer.untilReady();
      await untilStatus(estate(), correlationId, 'INTERNAL_INVOICE_SENT');
      await passTime(estate());
      const mails = await estate().mailbox.find(correlationId);
      assert.equal(mails.length, 1);
      assert.equal((await opened(mails[0]!.content)).toString(), document);
    },
  );
});

tellOn([defaultSetUp], { settings: { SIGN_FORMAT: 'xades', SIGN_PRIVATE: 'true' } }, (estate) => {
  test(
    'where XAdES is set, and private invoices too, xmlsec1 verifies what is mailed',
    { skip: servers.xmlsec.missing },
    async () => {
      const folder = await Folder.make();
      for (const format of ['FPA12', 'FPR12'] as const) {
        const document = invoiceXml({ format });
        const correlationId = await estate().client.accept({ document });
        await untilStatus(estate(), correlationId, 'INTERNAL_INVOICE_SENT');
        const { fileName, content } = await untilMailed(estate(), correlationId);
        assert.match(fileName, /_.{5}\.xml$/);
        assert.equal(content.toString().replace(/<ds:Signature [\s\S]*<\/ds:Signature>/, ''), document);
        const file = await folder.write('signed.xml', content);
        const ids = ['--id-attr:Id', 'http://uri.etsi.org/01903/v1.3.2#:SignedProperties'];
        const { ok, output } = await runs('xmlsec1', '--verify', '--insecure', ...ids, file);
        assert.ok(ok, output);
      }
      await folder.remove();
    },
  );
});
