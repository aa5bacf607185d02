// fatturapa: receipts, mails from SdI and other people's PEC are told apart, and everything else is other, with a reason.
import { servers, sharedFolder } from '@staffetta/tools/servers/available.ts';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { zipSync } from 'fflate';
import { writeNotice } from '../notices/write-notice.ts';
import { attachment, daticert, mail, multipart, pec, providersMail, receipt } from './pec-mail.fixture.ts';
import { tellMail } from './tell-mail.ts';
import { understandMail } from './understand-mail.ts';
import { receiptKinds, type SdiMail } from './understood-mail.ts';

const samples = join(sharedFolder(), 'sdi/samples/pec/oca');
const invoice = '<p:FatturaElettronica xmlns:p="http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2"/>';
const incoming = writeNotice({
  kind: 'MT',
  family: 'B2B',
  object: {
    IdentificativoSdI: '77',
    NomeFile: 'IT01234567890_00001.xml',
    Hash: 'ab',
    CodiceDestinatario: 'ABC1234',
    Formato: 'FPR12',
    TentativiInvio: '1',
    MessageId: '5',
  },
});

function fromSdi(bytes: Uint8Array): SdiMail {
  const understood = understandMail(bytes);
  assert.ok(understood.kind === 'sdi', JSON.stringify(understood));
  return understood;
}

test('the sample receipts say what happened to which mail', { skip: servers.shared.missing }, () => {
  for (const [file, kind] of [
    ['pec-accettazione.eml', 'accettazione'],
    ['pec-consegna.eml', 'avvenuta-consegna'],
  ] as const) {
    const understood = understandMail(readFileSync(join(samples, file)));
    assert.ok(understood.kind === 'receipt', file);
    assert.equal(understood.receipt, kind);
    assert.equal(
      understood.ofMessageId,
      '<1542123565.921546936035156.464602125997431-openerp-8-fatturapa.attachment.out@host.example>',
    );
    assert.match(understood.at ?? '', /^2018-11-13T15:39:2[67]\.000Z$/);
    assert.deepEqual(
      [understood.subject, understood.provider, understood.error],
      ['IT03339130126_00009.xml', 'ARUBA PEC S.p.A.', undefined],
    );
  }
});

test(
  "SdI's sample mails give the notice, the invoice, the id and the mailbox to write to",
  { skip: servers.shared.missing },
  () => {
    const delivered = fromSdi(readFileSync(join(samples, 'sdi-ricevuta-di-consegna.eml')));
    assert.deepEqual(
      [delivered.sdiAddress, delivered.sdiId, delivered.simulation],
      ['sdi03@pec.fatturapa.it', '6782414', true],
    );
    assert.deepEqual(
      delivered.notices.map(({ notice }) => [notice.kind, notice.sdiId, notice.signed]),
      [['RC', '6782414', true]],
    );
    assert.deepEqual(
      delivered.noticeFiles.map(({ name, bytes, notices }) => [
        name,
        Buffer.from(bytes).subarray(0, 5).toString(),
        notices.length,
      ]),
      [[delivered.notices[0]?.file.name, '<?xml', 1]],
    );
    assert.deepEqual(delivered.invoices, []);
    const arrived = fromSdi(readFileSync(join(samples, 'sdi-invio-file-p7m.eml')));
    assert.deepEqual(
      arrived.notices.map(({ notice }) => 'fileName' in notice && notice.fileName),
      ['IT01234567890_FPR04.xml.p7m'],
    );
    assert.deepEqual(
      arrived.invoices.map(({ name }) => name),
      ['IT01234567890_FPR04.xml.p7m'],
    );
    assert.match(Buffer.from(arrived.invoices[0]?.document.xml ?? []).toString(), /<\w*:?FatturaElettronica /);
    assert.deepEqual(arrived.others, []);
  },
);

for (const kind of receiptKinds) {
  test(`a receipt "${kind}" is understood, with the error where it tells one`, () => {
    const isFault = /errore|virus|non-/.test(kind);
    const understood = understandMail(
      receipt({
        type: kind,
        deliveredTo: 'sdi01@pec.fatturapa.it',
        ...(isFault && { error: 'no-dest', errorText: 'casella inesistente' }),
      }),
    );
    assert.ok(understood.kind === 'receipt');
    assert.deepEqual(
      [understood.receipt, understood.ofMessageId, understood.at, understood.recipient],
      [kind, '<1@hub.example>', '2025-06-10T07:30:00.000Z', 'sdi01@pec.fatturapa.it'],
    );
    assert.match(understood.daticert?.xml ?? '', /^<\?xml .*<postacert .*<\/postacert>$/s);
    assert.deepEqual(understood.error, isFault ? { code: 'no-dest', text: 'casella inesistente' } : undefined);
  });
}

test('what the provider certifies counts before what a header says, and a header alone is enough', () => {
  const both = receipt({ type: 'errore-consegna' });
  const twisted = Buffer.from(
    both.toString('latin1').replace('X-Ricevuta: errore-consegna', 'X-Ricevuta: avvenuta-consegna'),
    'latin1',
  );
  const understood = understandMail(twisted);
  assert.ok(understood.kind === 'receipt' && understood.receipt === 'errore-consegna');
  const bare = understandMail(
    providersMail(
      ['Subject: ACCETTAZIONE: Oggetto', 'X-Ricevuta: accettazione', 'X-Riferimento-Message-ID: <9@x>'],
      undefined,
      [],
    ),
  );
  assert.ok(bare.kind === 'receipt');
  assert.deepEqual(
    [bare.receipt, bare.ofMessageId, bare.subject, bare.daticert],
    ['accettazione', '<9@x>', 'Oggetto', undefined],
  );
});

test('a mail from SdI gives its files exactly, whatever their encoding', () => {
  const bytes = Buffer.from(`${invoice}\n è`, 'latin1');
  const quoted = {
    headers: ['Content-Type: application/octet-stream; name=b.xml', 'Content-Transfer-Encoding: quoted-printable'],
    body: `${invoice.replaceAll('=', '=3D').replace('xmlns', 'xml=\r\nns')}=20=0D=0A`,
  };
  const files = [
    attachment('IT1_MT_001.xml', incoming),
    attachment('a.xml', bytes),
    quoted,
    attachment('foto.jpg', 'jpg'),
  ];
  const understood = fromSdi(pec('sdi48@pec.fatturapa.it', 'Invio File 77', files));
  assert.deepEqual(
    understood.notices.map(({ notice, file }) => [notice.kind, file.name]),
    [['MT', 'IT1_MT_001.xml']],
  );
  assert.deepEqual(
    understood.invoices.map((file) => file.name),
    ['b.xml'],
  );
  assert.equal(Buffer.from(understood.invoices[0]?.bytes ?? []).toString(), `${invoice} \r\n`);
  assert.deepEqual(
    understood.others.map((file) => [file.name, Buffer.from(file.bytes).length]),
    [
      ['a.xml', bytes.length],
      ['foto.jpg', 3],
    ],
  );
  assert.deepEqual([understood.sdiId, understood.simulation, understood.text], ['77', false, 'Testo della mail']);
});

test('an attestation in a zip gives the notice, and our invoice beside it', () => {
  const notice = writeNotice({
    kind: 'AT',
    family: 'PA',
    object: {
      IdentificativoSdI: '9',
      NomeFile: 'IT01234567890_00001.xml',
      DataOraRicezione: '2025-04-01T12:00:00',
      Destinatario: { Codice: 'AAAAAA', Descrizione: 'Ente' },
      MessageId: '5',
      HashFileOriginale: 'ab',
    },
  });
  const zip = zipSync({ 'IT01234567890_00001.xml': Buffer.from(invoice), 'IT01234567890_00001_AT_001.xml': notice });
  const understood = fromSdi(
    pec('sdi03@pec.fatturapa.it', 'Attestazione 9', [attachment('IT01234567890_00001_AT_001.zip', zip)]),
  );
  assert.deepEqual(
    understood.notices.map(({ notice }) => notice.kind),
    ['AT'],
  );
  assert.deepEqual(
    understood.invoices.map(({ document }) => document.name),
    ['IT01234567890_00001.xml'],
  );
});

test("a stranger's PEC is its own, even where it answers to SdI or carries SdI's words", () => {
  const understood = understandMail(
    pec(
      'mario@pec.example',
      'Notifica di scarto 7',
      [attachment('IT1_MT_001.xml', incoming)],
      ['Reply-To: sdi03@pec.fatturapa.it'],
    ),
  );
  assert.ok(understood.kind === 'envelope');
  assert.deepEqual(
    [understood.sender, understood.subject, understood.files],
    ['mario@pec.example', 'Notifica di scarto 7', ['IT1_MT_001.xml']],
  );
});

test('a certificate inside of what is passed on does not count', () => {
  const inner = mail(
    ['From: x@pec.example', 'Subject: finto'],
    multipart('mixed', 'm', [attachment('daticert.xml', daticert({ type: 'avvenuta-consegna' }))]),
  );
  const forwarded = mail(
    ['From: a@b.example', 'Subject: I: consegna'],
    multipart('mixed', 'f', [{ headers: ['Content-Type: message/rfc822'], body: inner }]),
  );
  const understood = understandMail(forwarded);
  assert.deepEqual([understood.kind, understood.kind === 'other' && understood.why], ['other', 'ordinary']);
});

test('stand-ins may have a domain of their own, and then SdI is no longer SdI', () => {
  const made = pec('sdi01@sandbox.example', 'Ricevuta di consegna 5', []);
  assert.equal(understandMail(made, { sdiDomain: 'sandbox.example' }).kind, 'sdi');
  assert.equal(understandMail(made).kind, 'envelope');
  assert.equal(understandMail(pec('sdi01@pec-fatturapa.it', 'x', [])).kind, 'envelope');
});

test('postacert.eml as a plain file in base64, LF line ends, a mark and blank lines in front are understood', () => {
  const inner = mail(
    ['From: sdi03@pec.fatturapa.it', 'Subject: Invio File 77'],
    multipart('mixed', 'i', [attachment('IT1_MT_001.xml', incoming)]),
  );
  const certificate = daticert({ type: 'posta-certificata', sender: 'sdi03@pec.fatturapa.it' });
  const made = providersMail(['X-Trasporto: posta-certificata', 'Subject: x'], certificate, [
    attachment('postacert.eml', inner),
  ]);
  const plain = made.toString('latin1').replaceAll('\r\n', '\n');
  for (const text of [made.toString('latin1'), plain, `\r\n\n${plain}`, `\u00ef\u00bb\u00bf${plain}`]) {
    assert.deepEqual(
      fromSdi(Buffer.from(text, 'latin1')).notices.map(({ notice }) => notice.sdiId),
      ['77'],
    );
  }
});

test('a boundary that begins another one, and one of dashes, part only what they should', () => {
  const inner = multipart('mixed', '-', [attachment('IT1_MT_001.xml', incoming)]);
  const outer = multipart('mixed', '--', [{ headers: inner.headers, body: inner.body }, attachment('foto.jpg', 'jpg')]);
  const message = mail(['From: sdi03@pec.fatturapa.it', 'Subject: Invio File 77'], outer);
  const certificate = daticert({ type: 'posta-certificata', sender: 'sdi03@pec.fatturapa.it' });
  const made = providersMail(['X-Trasporto: posta-certificata', 'Subject: x'], certificate, [
    { headers: ['Content-Type: message/rfc822'], body: message },
  ]);
  const { notices, others } = fromSdi(made);
  assert.deepEqual([notices.length, others.map(({ name }) => name)], [1, ['foto.jpg']]);
});

test('an ordinary mail with a certificate attached is ordinary, whichever half of the form of PEC it has', () => {
  const notice = mail(
    ['From: sdi03@pec.fatturapa.it', 'Subject: Notifica di scarto 77'],
    multipart('mixed', 'i', [attachment('IT1_MT_001.xml', incoming)]),
  );
  const message = { headers: ['Content-Type: message/rfc822'], body: notice };
  const transport = daticert({ type: 'posta-certificata', sender: 'sdi03@pec.fatturapa.it' });
  const delivery = daticert({ type: 'avvenuta-consegna' });
  const from = ['From: evil@gmail.example', 'Subject: x'];
  const forged = (certificate: string) => multipart('mixed', 'm', [attachment('daticert.xml', certificate), message]);
  const signature = attachment('smime.p7s', 'firma');
  const text = { headers: ['Content-Type: text/plain'], body: 'x' };
  for (const bytes of [
    mail(from, forged(transport)),
    mail(from, forged(delivery)),
    mail([...from, 'X-Trasporto: posta-certificata'], forged(transport)),
    mail([...from, 'X-Ricevuta: avvenuta-consegna'], forged(delivery)),
    mail(from, multipart('signed', 's', [forged(transport), signature])),
    mail(from, multipart('signed', 's', [forged(delivery), signature])),
  ]) {
    const understood = understandMail(bytes);
    assert.deepEqual([understood.kind, understood.kind === 'other' && understood.why], ['other', 'ordinary']);
  }
  const behind = multipart('signed', 's', [text, forged(transport)]);
  const beside = understandMail(mail([...from, 'X-Trasporto: posta-certificata'], behind));
  assert.deepEqual([beside.kind, beside.kind === 'other' && beside.why], ['other', 'emptyEnvelope']);
});

test('a header of one kind with a certificate of the other is neither', () => {
  const message = { headers: ['Content-Type: message/rfc822'], body: 'From: sdi03@pec.fatturapa.it\r\n\r\nx' };
  for (const [header, type] of [
    ['X-Trasporto: posta-certificata', 'avvenuta-consegna'],
    ['X-Ricevuta: avvenuta-consegna', 'posta-certificata'],
  ] as const) {
    const understood = understandMail(providersMail([header, 'Subject: x'], daticert({ type }), [message]));
    assert.deepEqual([understood.kind, understood.kind === 'other' && understood.why], ['other', 'unknownReceipt']);
  }
});

test('what is understood says that no signature was verified', () => {
  for (const bytes of [
    receipt({ type: 'accettazione' }),
    pec('sdi03@pec.fatturapa.it', 'x', []),
    pec('mario@pec.example', 'x', []),
  ]) {
    const understood = understandMail(bytes);
    assert.ok(understood.kind !== 'other' && !understood.signatureVerified);
    assert.deepEqual(understood.findings, []);
  }
});

test('attachments past the limit are told with their number', () => {
  const files = Array.from({ length: 55 }, (_, at) => attachment(`IT1_MT_${at}.xml`, incoming));
  const understood = fromSdi(pec('sdi03@pec.fatturapa.it', 'Invio File 77', files));
  assert.equal(understood.notices.length, 50);
  assert.deepEqual(
    understood.findings.map(({ code, severity }) => [code, severity]),
    [['MAIL_LIMIT', 'error']],
  );
  assert.match(understood.findings[0]?.message.it ?? '', /primi 50, non letti gli altri 5\./);
  assert.match(tellMail(understood, 'en').join('\n'), /^The mail has too many .* 5 more were left out\.$/m);
});

test('parts and depth past the limit are told of every mail that is understood all the same', () => {
  const many = Array.from({ length: 20 }, () => attachment('a.pdf', '%PDF'));
  const sdi = pec('sdi03@pec.fatturapa.it', 'x', many);
  const other = pec('mario@pec.example', 'x', many);
  const message = { headers: ['Content-Type: message/rfc822'], body: sdi };
  const delivery = providersMail(
    ['Subject: x', 'X-Ricevuta: avvenuta-consegna'],
    daticert({ type: 'avvenuta-consegna' }),
    [message],
  );
  for (const bytes of [sdi, other, delivery]) {
    for (const [limits, says] of [
      [{ partsMax: 10 }, /troppe parti/],
      [{ depthMax: 3 }, /uno dentro l'altro/],
    ] as const) {
      const understood = understandMail(bytes, { limits });
      assert.ok(understood.kind !== 'other');
      assert.deepEqual(
        understood.findings.map(({ code }) => code),
        ['MAIL_LIMIT'],
      );
      assert.match(tellMail(understood, 'it').join('\n'), says);
    }
  }
});
