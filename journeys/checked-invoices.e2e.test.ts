// journeys: what is wrong with an invoice is told before SdI sees it, in words that are enough to repair it.
import type { Finding } from '@staffetta/flow/messages.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { invoiceXml } from './harness/invoices.ts';
import type { Answer, Invoice } from './harness/client.ts';
import { goodOutcomes, passTime, untilStatus, untilTold } from './harness/outcomes.ts';
import { defaultSetUp, realSetUp, tellOn } from './harness/set-ups.ts';

/** What people get wrong, and what the message must name so that they can repair it. */
const mistakes: readonly [what: string, change: (text: string) => string, code: string, words: RegExp[]][] = [
  ['a wrong VAT summary', (text) => text.replace('<Imposta>2.20', '<Imposta>2.30'), '00421', [/2,20/, /2,30/]],
  ['a typographic quote', (text) => text.replace('Riparazione', 'L’orologio'), '00200', [/Descrizione/, /’/]],
  [
    'a lower-case recipient code',
    (text) => text.replace('ABC1234', 'abc1234'),
    '00200',
    [/CodiceDestinatario/, /ABC1234/],
  ],
  [
    'a missing Natura',
    (text) => text.replaceAll('<AliquotaIVA>22.00', '<AliquotaIVA>0.00').replace('<Imposta>2.20', '<Imposta>0.00'),
    '00400',
    [/natura/i, /linea 1/],
  ],
];

function allWords({ message, fix }: Finding): string {
  return `${message.it} ${fix?.it ?? ''}`;
}

/** A lot of three documents. */
function lotXml(): string {
  const text = invoiceXml();
  const body = /<FatturaElettronicaBody>[\s\S]*<\/FatturaElettronicaBody>/.exec(text)?.[0] ?? '';
  const numbered = (suffix: string) => body.replace(/<Numero>[^<]*/, `$&${suffix}`);
  return text.replace(body, [numbered('a'), numbered('b'), numbered('c')].join('\n'));
}

/** Spoils the document at a place of the lot, from 1. */
function spoil(lot: string, place: number): string {
  let seen = 0;
  return lot.replaceAll('<Imposta>2.20', (found) => (++seen === place ? '<Imposta>2.30' : found));
}

tellOn([defaultSetUp, realSetUp], { mail: 'any' }, (estate) => {
  async function refusedFor(document: string): Promise<readonly Finding[]> {
    const { client, sandbox } = estate();
    const correlationId = await client.accept({ document, callback: sandbox.callbackUrl('checked') });
    const [told] = await untilTold(estate(), correlationId, ['INTERNAL_INVOICE_INVALID']);
    const invoice = await untilStatus(estate(), correlationId, 'INTERNAL_INVOICE_INVALID');
    assert.deepEqual(told?.body?.['findings'], invoice.findings, 'the callback says what GET says');
    return invoice.findings ?? [];
  }

  for (const [what, change, code, words] of mistakes) {
    test(`${what} is refused with ${code}, by callback and on asking, in words that are enough`, async () => {
      const findings = await refusedFor(change(invoiceXml()));
      const finding = findings.find((one) => one.code === code);
      assert.equal(finding?.severity, 'error', JSON.stringify(findings));
      assert.ok(finding.line !== undefined && finding.line > 1);
      for (const word of words) assert.match(allWords(finding), word);
    });
  }

  test('of a lot, the body that is wrong is named, and nothing of it goes out', async () => {
    const { client, mailbox } = estate();
    const findings = await refusedFor(spoil(lotXml(), 2));
    const errors = findings.filter(({ severity }) => severity === 'error');
    assert.ok(errors.length > 0);
    for (const { path } of errors) assert.match(path ?? '', /^FatturaElettronicaBody\[2\]\//);
    const right = await client.accept({ document: lotXml() });
    await untilStatus(estate(), right, 'INTERNAL_INVOICE_SENT');
    assert.equal((await mailbox.find(right)).length, 1);
  });

  test("a supplier's invoice that is wrong is kept all the same, with what is wrong noted", async () => {
    const { client, sandbox } = estate();
    const document = spoil(lotXml(), 3);
    const callback = sandbox.callbackUrl('checked-external');
    const correlationId = await client.accept({ kind: 'external', document, callback });
    const [told] = await untilTold(estate(), correlationId, ['EXTERNAL_INVOICE']);
    const invoice: Invoice = await untilStatus(estate(), correlationId, 'EXTERNAL_INVOICE');
    assert.equal(invoice.invoice, document);
    assert.deepEqual(told?.body?.['findings'], invoice.findings);
    assert.match(JSON.stringify(invoice.findings), /"00421".*FatturaElettronicaBody\[3\]/);
  });

  test('verificaFattura says the same, stores nothing and sends nothing', async () => {
    const { client } = estate();
    await passTime(estate());
    const before = await client.countInvoices();
    const verify = (body: string | Buffer, type: string): Promise<Answer> =>
      client.ask('receiver', { method: 'POST', path: '/api/verificaFattura', headers: { 'content-type': type }, body });
    const wrong = spoil(lotXml(), 2);
    const right = await verify(invoiceXml(), 'application/xml');
    assert.equal(right.status, 200, right.text);
    assert.deepEqual([answerOf(right).valid, answerOf(right).findings], [true, []]);
    for (const answer of [
      await verify(wrong, 'application/xml'),
      await verify(JSON.stringify({ invoice: wrong }), 'application/json'),
      await verify(JSON.stringify({ file: Buffer.from(wrong).toString('base64') }), 'application/json'),
    ]) {
      assert.equal(answer.status, 200, answer.text);
      assert.equal(answerOf(answer).valid, false);
      assert.equal(answerOf(answer).documents.length, 3);
      assert.ok(answerOf(answer).findings.some(({ code }) => code === '00421'));
    }
    await passTime(estate());
    assert.equal(await client.countInvoices(), before + 1, 'nothing but what passed the time was stored');
    assert.deepEqual(await client.deadLetters(), []);
  });

  test('a JSON document is verified with its customer’s profile', async () => {
    const line = { description: 'Riparazione', quantity: '1', price: '10.00', vatRate: '22' };
    const address = { street: 'Viale Lungo 7', postcode: '16121', city: 'Genova', province: 'GE' };
    const buyer = { name: 'Bianchi S.p.A.', vatNumber: '07654321095', recipientCode: 'ABC1234', address };
    const verify = (document: object) =>
      estate().client.ask('receiver', {
        method: 'POST',
        path: '/api/verificaFattura',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ document, customer: { customerId: 2 } }),
      });
    const right = await verify({ customer: buyer, lines: [line] });
    assert.equal(right.status, 200, right.text);
    assert.equal(answerOf(right).valid, true, right.text);
    const wrong = await verify({ customer: { ...buyer, vatNumber: '07654321094' }, lines: [line] });
    assert.equal(wrong.status, 200, wrong.text);
    assert.ok(
      answerOf(wrong).findings.some(({ code }) => code === '00305'),
      wrong.text,
    );
  });

  test('invoices are found by what stands in them', async () => {
    const { client } = estate();
    const document = invoiceXml();
    const numero = /<Numero>([^<]*)/.exec(document)?.[1] ?? '';
    const correlationId = await client.accept({ document });
    const { invoiceNumber } = await untilStatus(estate(), correlationId, 'INTERNAL_INVOICE_SENT');
    const search = { supplier: 'caff', customer: '07654321095', numero, totaleMin: '12.20', totaleMax: '12.20' };
    const found = await client.invoices(search);
    assert.deepEqual(
      found.content.map((invoice) => invoice.invoiceNumber),
      [invoiceNumber],
    );
    assert.equal(await client.countInvoices({ ...search, totaleMax: '12.19' }), 0);
  });
});

tellOn([defaultSetUp], { mail: 'any', settings: { DUPLICATE_CHECK: 'refuse' } }, (estate) => {
  test('a document that was sent is not sent again under its number, however often it is posted', async () => {
    const { client, sandbox } = estate();
    const document = invoiceXml();
    const callback = sandbox.callbackUrl('twice');
    const first = await client.accept({ document, callback });
    await untilTold(estate(), first, goodOutcomes);
    const { invoiceNumber } = await untilStatus(estate(), first, 'INTERNAL_INVOICE_SENT');
    const same = await client.accept({ document, callback });
    const other = await client.accept({ document: `${document}\n`, callback });
    for (const [correlationId, code] of [
      [same, '00002'],
      [other, '00404'],
    ] as const) {
      await untilTold(estate(), correlationId, ['INTERNAL_INVOICE_INVALID']);
      const { findings } = await untilStatus(estate(), correlationId, 'INTERNAL_INVOICE_INVALID');
      assert.deepEqual(
        findings?.map((finding) => finding.code),
        [code],
      );
      assert.match(findings?.[0]?.message.en ?? '', new RegExp(`invoice ${invoiceNumber}\\b`));
    }
  });
});

function answerOf(answer: Answer) {
  return answer.json as {
    readonly valid: boolean;
    readonly findings: readonly Finding[];
    readonly documents: readonly object[];
  };
}
