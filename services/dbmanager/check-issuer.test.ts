// dbmanager: in whose name a customer issues.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkIssuer } from './check-issuer.ts';
import { documentOf, incoming, readNow } from './events.fixture.ts';
import type { IssuerId } from './fiscal-profiles.ts';
import type { IssuerRule } from './issuer-rule.ts';

const production: IssuerRule = { stranger: 'warn', neighbour: 'refuse' };
const supplier = 'IT01234567897';
const buyer = 'IT07654321095';

function idOf(customerId: number, vatId: string, taxCode: string | null = null): IssuerId {
  return { customerId, vatId, taxCode };
}

/** What is said of the fixture's document when customer 2 hands it in. */
async function said(ids: readonly IssuerId[], edit = (text: string) => text, rule = production) {
  const request = await readNow(incoming({ invoice: edit(documentOf(['1'])) }));
  // Only the issuer is asked for here.
  const right = { ...request, check: { ...request.check, valid: true, findings: [] } };
  const { check } = checkIssuer(right, ids, rule);
  return check.findings.map(({ code, severity, value }) => `${code} ${severity} ${value}`).join() || check.valid;
}

const ofType = (type: string) => (text: string) => text.replaceAll('TD01', type);
const header = (block: string) => (text: string) =>
  text.replace('</FatturaElettronicaHeader>', `${block}</FatturaElettronicaHeader>`);
const intermediary = `<TerzoIntermediarioOSoggettoEmittente><DatiAnagrafici><IdFiscaleIVA><IdPaese>IT</IdPaese>
<IdCodice>11223344554</IdCodice></IdFiscaleIVA><Anagrafica><Denominazione>Studio</Denominazione></Anagrafica></DatiAnagrafici>
</TerzoIntermediarioOSoggettoEmittente><SoggettoEmittente>TZ</SoggettoEmittente>`;

test('the own invoice passes, by VAT number or by tax code', async () => {
  assert.equal(await said([idOf(2, supplier)]), true);
  const withTaxCode = (text: string) => text.replace('</IdFiscaleIVA>', '$&<CodiceFiscale>99</CodiceFiscale>');
  assert.equal(await said([idOf(2, 'IT1', '99')], withTaxCode), true);
});

test("another customer's invoice is refused, a stranger's is noted", async () => {
  assert.equal(await said([idOf(2, 'IT1'), idOf(3, supplier)]), `NOT_YOUR_INVOICE error ${supplier}`);
  assert.equal(await said([idOf(3, supplier)]), `NOT_YOUR_INVOICE error ${supplier}`);
  assert.equal(await said([idOf(2, 'IT1')]), `NOT_YOUR_INVOICE warning ${supplier}`);
  assert.equal(await said([]), true);
  const off = { stranger: 'off', neighbour: 'off' } as const;
  assert.equal(await said([idOf(2, 'IT1'), idOf(3, supplier)], undefined, off), true);
});

test('what the buyer or an intermediary writes is its own', async () => {
  const ids = [idOf(2, buyer)];
  for (const type of ['TD16', 'TD17', 'TD18', 'TD19', 'TD20', 'TD28', 'TD29']) {
    assert.equal(await said(ids, ofType(type)), true, type);
  }
  assert.equal(await said([idOf(2, 'IT1'), idOf(3, buyer)], ofType('TD17')), `NOT_YOUR_INVOICE error ${buyer}`);
  assert.equal(await said(ids), `NOT_YOUR_INVOICE warning ${supplier}`);
  assert.equal(await said(ids, header('<SoggettoEmittente>CC</SoggettoEmittente>')), true);
  assert.equal(await said([idOf(2, 'IT11223344554'), idOf(3, supplier)], header(intermediary)), true);
});

test('who only receives, or is wrong already, is not asked', async () => {
  const external = await readNow(incoming({ invoiceStatus: 'EXTERNAL_INVOICE' }));
  assert.equal(checkIssuer(external, [idOf(2, 'IT1')], production), external);
  const wrong = await readNow(incoming({ invoice: '<no/>' }));
  assert.equal(checkIssuer(wrong, [idOf(2, 'IT1')], production), wrong);
});
