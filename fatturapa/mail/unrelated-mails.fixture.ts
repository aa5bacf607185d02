// fatturapa: fifty mails that come into any mailbox and are none of the hub's business, for tests.
import { attachment, daticert, mail, multipart, providersMail } from './pec-mail.fixture.ts';

const plain = (body: string, type = 'text/plain; charset=utf-8') => ({ headers: [`Content-Type: ${type}`], body });

function ordinary(subject: string, body: string, headers: readonly string[] = []): Buffer {
  return mail(
    [
      'From: Mario Rossi <mario@example.com>',
      'To: azienda@pec.example',
      `Subject: ${subject}`,
      'Date: Tue, 10 Jun 2025 09:30:00 +0200',
      ...headers,
    ],
    plain(body),
  );
}

const people: readonly Buffer[] = [
  ordinary('Sono in ferie', 'Torno il 20 agosto.', ['Auto-Submitted: auto-replied']),
  ordinary('Out of office', 'Back soon.', ['X-Autoreply: yes']),
  ordinary('Re: CONSEGNA: IT01234567890_00001.xml', 'Grazie, ricevuto.'),
  ordinary('ACCETTAZIONE: offerta n. 5', 'Accettiamo la vostra offerta.'),
  ordinary('Notifica di scarto 6782414', 'Vi giro la notifica che ho ricevuto.'),
  ordinary('=?utf-8?Q?Fattura_di_=E2=82=AC_100?=', 'In allegato.'),
  ordinary('=?x-ignoto?B?////?=', 'Oggetto in un alfabeto che nessuno conosce.'),
  ordinary('', ''),
  ordinary('Delivery Status Notification (Failure)', 'The recipient does not exist.', [
    'X-Failed-Recipients: a@b.example',
  ]),
  ordinary('You have won', 'Click here http://example.com', ['X-Spam-Flag: YES']),
];

const forged: readonly Buffer[] = [
  mail(
    ['From: sdi03@pec.fatturapa.it', 'Subject: Notifica di scarto 5', 'Date: Tue, 10 Jun 2025 09:30:00 +0200'],
    multipart('mixed', 'b', [attachment('a_NS_001.xml', '<x/>')]),
  ),
  mail(
    ['From: "SdI sdi03@pec.fatturapa.it" <ladro@example.com>', 'Subject: Fattura'],
    multipart('mixed', 'b', [attachment('fattura.exe', 'MZ')]),
  ),
  mail(
    ['From: "Per conto di: sdi03@pec.fatturapa.it" <ladro@example.com>', 'Subject: POSTA CERTIFICATA: Notifica'],
    plain('x'),
  ),
  providersMail(['X-Trasporto: errore', 'Subject: ANOMALIA MESSAGGIO: ciao'], undefined, [
    { headers: ['Content-Type: message/rfc822'], body: ordinary('ciao', 'x') },
  ]),
  providersMail(
    ['X-Trasporto: posta-certificata', 'Subject: POSTA CERTIFICATA: vuota'],
    daticert({ type: 'posta-certificata' }),
    [],
  ),
  providersMail(['X-Ricevuta: ricevuta-nuova', 'Subject: NUOVA: x'], undefined, []),
  providersMail(['Subject: ANOMALA'], daticert({ type: 'tipo-ignoto' }), []),
];

const crlf = '\r\n';
const broken: readonly Buffer[] = [
  Buffer.alloc(0),
  Buffer.from('Ciao'),
  Buffer.from('Nota: questo non è una mail\nma un appunto'),
  Buffer.from('<?xml version="1.0"?><a/>'),
  Buffer.from([0x50, 0x4b, 3, 4, 0, 0]),
  Buffer.alloc(1000, 0),
  Buffer.alloc(1000, 0xff),
  Buffer.from(`From: a@b.it${crlf}Subject: senza fine`),
  Buffer.from(
    `From: a@b.it${crlf}Subject: senza confine${crlf}Content-Type: multipart/mixed${crlf}${crlf}--x${crlf}ciao`,
  ),
  Buffer.from(
    `From: a@b.it${crlf}Subject: confine mai usato${crlf}Content-Type: multipart/mixed; boundary="mai"${crlf}${crlf}ciao`,
  ),
  Buffer.from(
    `From: a@b.it${crlf}Subject: confine vuoto${crlf}Content-Type: multipart/mixed; boundary=""${crlf}${crlf}--${crlf}ciao`,
  ),
  Buffer.from(
    `From: a@b.it${crlf}Subject: confine lungo${crlf}Content-Type: multipart/mixed; boundary="${'b'.repeat(5000)}"${crlf}${crlf}ciao`,
  ),
  Buffer.from(`From: a@b.it${crlf}Subject: base64 rovinato${crlf}Content-Transfer-Encoding: base64${crlf}${crlf}@@@@`),
  Buffer.from(`From: a@b.it${crlf}Subject: codifica ignota${crlf}Content-Transfer-Encoding: x-mia${crlf}${crlf}ciao`),
  Buffer.from(`From: a@b.it${crlf}Subject: quoted${crlf}Content-Transfer-Encoding: quoted-printable${crlf}${crlf}=`),
  Buffer.from(`From: a@b.it${crlf}Subject: tipo strano${crlf}Content-Type: ;;;=;="${crlf}${crlf}ciao`),
  Buffer.from(`From: ${crlf}To: ${crlf}Subject: ${crlf}${crlf}`),
  Buffer.from(`From: a@b.it\rSubject: solo ritorni\r\rciao`),
  Buffer.from(`Subject: ${'=?'.repeat(20_000)}${crlf}From: a@b.it${crlf}${crlf}ciao`),
  Buffer.from(`Subject: ${'x'.repeat(400_000)}${crlf}From: a@b.it${crlf}${crlf}ciao`),
  Buffer.from(`From: a@b.it${crlf}Subject: latin1 \u00e8${crlf}${crlf}\u00e8`, 'latin1'),
  Buffer.from(`From: a@b.it${crlf}Subject: utf16${crlf}Content-Type: text/plain; charset=utf-16${crlf}${crlf}ab`),
];

const attached: readonly Buffer[] = [
  ...['fattura.pdf', 'fattura.xml', 'IT01234567890_00001_RC_001.xml', 'postacert.txt'].map((name) =>
    mail(['From: a@b.it', `Subject: allegato ${name}`], multipart('mixed', 'b', [attachment(name, '<x/>')])),
  ),
  mail(['From: a@b.it', 'Subject: inoltro'], {
    headers: ['Content-Type: message/rfc822'],
    body: ordinary('dentro', 'x'),
  }),
  mail(
    ['From: a@b.it', 'Subject: alternativa'],
    multipart('alternative', 'b', [plain('x'), plain('<p>x</p>', 'text/html')]),
  ),
  mail(['From: a@b.it', 'Subject: firmata'], multipart('signed', 'b', [plain('x'), attachment('smime.p7s', 'x')])),
  mail(['From: a@b.it', 'Subject: calendario'], plain('BEGIN:VCALENDAR', 'text/calendar; method=REQUEST')),
  mail(['From: a@b.it', 'Subject: vuota'], multipart('mixed', 'b', [])),
  mail(
    ['From: a@b.it', 'Subject: conferma'],
    multipart('report; report-type=disposition-notification', 'b', [
      plain('Letta.'),
      plain('Disposition: displayed', 'message/disposition-notification'),
    ]),
  ),
  mail(
    ['From: a@b.it', 'Subject: certificato finto'],
    multipart('mixed', 'b', [attachment('daticert.xml', '<postacert tipo="nuovo"/>')]),
  ),
];

/** All of them. */
export const unrelatedMails: readonly Buffer[] = [...people, ...forged, ...broken, ...attached];
