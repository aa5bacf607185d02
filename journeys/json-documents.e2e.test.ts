// journeys: an invoice that was sent as JSON goes to SdI as XML, with number, date, seller and totals from the hub.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { expectAccepted, goodOutcomes, untilMailed, untilStatus, untilTold } from './harness/outcomes.ts';
import { defaultSetUp, realSetUp, splitSetUp, tellOn } from './harness/set-ups.ts';

const customer = {
  name: 'Studio Neri Associati',
  vatNumber: 'IT11223344554',
  address: { street: 'Viale dei Campioni 7', postcode: '20121', city: 'Milano', province: 'MI' },
};

const lines = [
  { description: 'Manutenzione', quantity: 3, price: '45.50' },
  { description: 'Materiale', price: 0.1 + 0.2 },
];

tellOn([defaultSetUp, realSetUp, splitSetUp], { mail: 'any' }, (estate) => {
  async function send(document: unknown, more: { callback?: string; idempotencyKey?: string } = {}) {
    const correlationId = `json-${randomUUID()}`;
    const { callback, idempotencyKey } = more;
    const answer = await estate().client.ask('receiver', {
      method: 'POST',
      path: '/api/salvaFatturaInterna',
      headers: {
        'content-type': 'application/json',
        'x-correlation-id': correlationId,
        ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
      },
      body: JSON.stringify({ document, customer: { customerId: 2 }, ...(callback !== undefined && { callback }) }),
    });
    return { answer, correlationId };
  }

  function numberIn(xml: string | undefined): string {
    return /<Numero>(.*)<\/Numero>/.exec(xml ?? '')?.[1] ?? '';
  }

  test('a few lines of JSON become the XML that is mailed, told and shown', async () => {
    const { answer, correlationId } = await send(
      { customer, lines },
      { callback: estate().sandbox.callbackUrl('json') },
    );
    expectAccepted(answer);
    const invoice = await untilStatus(estate(), correlationId, 'INTERNAL_INVOICE_SENT');
    const xml = invoice.invoice ?? '';
    assert.match(numberIn(xml), /^\d+\/\d{4}$/);
    assert.match(xml, /<Denominazione>Officina Esempio S\.r\.l\.<\/Denominazione>/);
    assert.match(xml, /<ImponibileImporto>136\.80<\/ImponibileImporto>\s*<Imposta>30\.10<\/Imposta>/);
    const mail = await untilMailed(estate(), correlationId);
    assert.equal(mail.content.toString(), xml);
    const progressive = /_(\w+)\.xml$/.exec(mail.fileName)?.[1];
    assert.match(xml, new RegExp(`<ProgressivoInvio>${progressive}</ProgressivoInvio>`));
    const told = await untilTold(estate(), correlationId, goodOutcomes);
    assert.deepEqual(
      told.map(({ body }) => body?.['documents']),
      told.map(() => [{ numero: numberIn(xml), data: /<Data>(.*)<\/Data>/.exec(xml)?.[1], totale: '166.90' }]),
    );
  });

  test('a repeated request has the number of the first, and what is refused takes none', async () => {
    const idempotencyKey = `json-${randomUUID()}`;
    const first = await send({ customer, lines }, { idempotencyKey });
    const { invoice } = await untilStatus(estate(), first.correlationId, 'INTERNAL_INVOICE_SENT');
    await send({ customer, lines }, { idempotencyKey });
    const wrong = await send({ customer: { ...customer, vatNumber: 'IT11223344555' }, lines });
    const refused = await untilStatus(estate(), wrong.correlationId, 'INTERNAL_INVOICE_INVALID');
    const [finding] = (refused as unknown as { findings: { code: string; path: string }[] }).findings;
    assert.deepEqual([finding?.code, finding?.path], ['00305', '/document/customer/vatNumber']);
    const next = await send({ customer, lines });
    const { invoice: following } = await untilStatus(estate(), next.correlationId, 'INTERNAL_INVOICE_SENT');
    assert.equal(Number.parseInt(numberIn(following), 10), Number.parseInt(numberIn(invoice), 10) + 1);
  });

  test('what has no shape is refused at the door, with its place', async () => {
    const { answer } = await send({ customer, lines: [{ ...lines[0], prize: 1 }] });
    assert.equal(answer.status, 400);
    assert.match((answer.json as { errorMessage: string }).errorMessage, /body\/document\/lines\/0\/prize: .*"price"/);
  });
});
