// hub: an invoice's story reads as a bookkeeper would tell it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { documentLine, invoiceLines } from './tell-invoice.ts';
import type { ToldInvoice } from './told-invoice.ts';

const discarded: ToldInvoice = {
  invoiceNumber: 41,
  invoiceStatus: 'INTERNAL_INVOICE_DISCARDED',
  detail: 'DISCARDED_BY_SDI',
  words: { it: 'Scartata da SdI: si considera non emessa.', en: 'Refused by SdI: it counts as never issued.' },
  customer: { customerId: 2, username: 'test_user_1' },
  documents: [
    {
      numero: '2026/101',
      data: '2026-11-20',
      totale: '1549.00',
      divisa: 'EUR',
      tipo: 'TD01',
      fornitore: { nome: 'Officina Rossi S.r.l.', id: 'IT03123450672' },
      cliente: { nome: 'Verdi Arredamenti S.p.A.' },
    },
  ],
  findings: [
    {
      code: 'SEND_AGAIN',
      severity: 'warning',
      message: { it: 'SdI ha scartato il documento 2026/101.', en: 'SdI discarded the document 2026/101.' },
      fix: { it: 'POST /api/invoices/{n}/reinvia', en: 'POST /api/invoices/{n}/reinvia' },
    },
  ],
  resendBy: '2026-11-30',
  trail: [
    {
      at: '2026-11-25T10:00:00.000',
      event: { it: 'Inviata a SdI', en: 'Sent to SdI' },
      details: [{ it: '250 OK', en: '250 OK' }],
    },
    {
      at: '2026-11-25T10:05:00.000',
      event: { it: 'SdI: Notifica di scarto (NS)', en: 'SdI: Refusal (NS)' },
      details: [],
    },
  ],
  transmissions: [
    { fileName: 'IT01_00001.xml', state: 'NOT_SENT', reason: '554 refused' },
    {
      fileName: 'IT01_00001.xml',
      state: 'DISCARDED',
      current: true,
      sentAt: '2026-11-25T10:00:00.000',
      sdiId: '987',
      reason: 'x',
    },
  ],
  notices: [
    {
      kind: 'NS',
      receivedAt: '2026-11-25T10:05:00.000',
      words: { it: ['Scartato.', 'Errore 00423: …', '  Rimedio: …'], en: ['Discarded.'] },
    },
  ],
};

test('what it is, where it stands, what to do, what happened, what was sent and what SdI said', () => {
  assert.deepEqual(invoiceLines(discarded, 'it'), [
    'Fattura 41',
    '  Fattura n. 2026/101 del 20/11/2026, 1.549,00 EUR',
    '    Officina Rossi S.r.l. (IT03123450672) → Verdi Arredamenti S.p.A.',
    '  Cliente di Staffetta: 2 (test_user_1)',
    '',
    'Scartata da SdI: si considera non emessa. [INTERNAL_INVOICE_DISCARDED, DISCARDED_BY_SDI]',
    'Che cosa fare: Correggere gli errori che SdI elenca e inviarla di nuovo entro il 30/11/2026, con lo stesso numero e la stessa data: npm run staffetta -- resend 41 FILE.',
    '',
    'Che cosa è stato rilevato:',
    '  Avviso: SdI ha scartato il documento 2026/101. [SEND_AGAIN]',
    '',
    'Che cosa è successo:',
    '  25/11/2026 10:00:00  Inviata a SdI',
    '  25/11/2026 10:05:00  SdI: Notifica di scarto (NS)',
    '',
    'I file inviati a SdI:',
    '  IT01_00001.xml: non inviato',
    '    Del messaggio si dice: 554 refused',
    '  IT01_00001.xml: scartato da SdI (25/11/2026 10:00:00), è quello che conta',
    '    identificativo SdI 987',
    '',
    'Che cosa ha detto SdI:',
    '  25/11/2026 10:05:00  NS  Scartato.',
    '      Errore 00423: …',
    '        Rimedio: …',
  ]);
});

test('in English too, and the constants of the contract stand once, in brackets', () => {
  const text = invoiceLines({ ...discarded, findings: [] }, 'en').join('\n');
  assert.match(text, /^Invoice 41\n {2}Invoice n\. 2026\/101 of 20 Nov 2026, 1,549\.00 EUR\n/);
  assert.doesNotMatch(text.replace(/\[[A-Z_, ]+\]/, ''), /[A-Z]_[A-Z]/);
});

test('a received invoice says who sent it, by which id SdI brought it, and what was answered', () => {
  const text = invoiceLines(
    {
      invoiceNumber: 7,
      invoiceStatus: 'EXTERNAL_INVOICE',
      detail: 'REFUSAL_SENT',
      words: { it: 'Ricevuta dal fornitore.', en: 'Received from the supplier.' },
      customer: { customerId: 3 },
      received: { sdiId: '111', fileName: 'IT02_1.xml', receivedAt: '2026-11-25T10:00:00.000' },
      answers: [
        {
          esito: 'EC02',
          descrizione: 'CIG mancante',
          posizione: 2,
          createdAt: '2026-11-26T09:00:00.000',
          createdBy: 'comune',
        },
      ],
    },
    'it',
  ).join('\n');
  assert.match(text, /Portata da SdI: identificativo SdI 111, file IT02_1\.xml/);
  assert.match(text, /26\/11\/2026 09:00:00 {2}Rifiutata da comune \(fattura del lotto n\. 2\): CIG mancante/);
});

test('of several documents each says where it stands; of one the invoice does', () => {
  const words = { it: 'L’ente l’ha accettata', en: 'It was accepted' };
  const one = { numero: '1', words };
  const accepted = (documents: ToldInvoice['documents']) =>
    invoiceLines({ ...discarded, ...(documents && { documents }) }, 'it').filter((line) => line.includes(words.it))
      .length;
  assert.deepEqual([accepted([one]), accepted([one, { numero: '2', words }])], [0, 2]);
});

test('what stands in a document or a mail does not steer the terminal', () => {
  assert.doesNotMatch(documentLine({ numero: '1\u001b[2J', file: '\u202ea.xml' }, 'it'), /[\u001b\u202e]/);
  const odd = invoiceLines(
    {
      ...discarded,
      transmissions: [{ fileName: 'a\u001b[2J', state: 'ERROR', reason: '\u009b' }],
      customer: { customerId: 2, username: '\u0007' },
    },
    'it',
  );
  assert.doesNotMatch(odd.join(''), /[\u0000-\u001f\u007f-\u009f]/);
});
