// fatturapa: what does not fit a shape is named with its place and what is allowed there; nothing makes the judgement fail.
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkShape } from './check-shape.ts';
import { exampleDocument } from './document-schemas.ts';
import { readJsonDocument } from './read-request.ts';
import { shortInvoice } from './short-invoice.ts';

function wrong(changes: Readonly<Record<string, unknown>>): [string | undefined, string][] {
  const check = checkShape({ ...exampleDocument, ...changes }, shortInvoice);
  return check.findings.map(({ path, message }) => [path, message.en]);
}

test('the example fits', () => {
  assert.deepEqual(wrong({}), []);
});

test('null is absent, as Java clients write it', () => {
  assert.deepEqual(wrong({ number: null, payment: { iban: null, days: 30 } }), []);
  const check = checkShape({ ...exampleDocument, number: null }, shortInvoice);
  assert.ok(check.ok && !('number' in (check.value as object)));
});

test('a mistyped name is answered with the one that was meant', () => {
  const check = checkShape({ ...exampleDocument, costumer: {} }, shortInvoice);
  assert.equal(check.findings[0]?.path, '/costumer');
  assert.match(check.findings[0]?.fix?.it ?? '', /«customer»/);
});

test('each kind of value is told what belongs there', () => {
  const line = { description: 'x', price: 1, vatRate: 22 };
  const cases: [Record<string, unknown>, string, RegExp][] = [
    [{ lines: [] }, '/lines', /1 to 9998/],
    [{ lines: {} }, '/lines', /a list/],
    [{ lines: [{ ...line, price: '10,50' }] }, '/lines/0/price', /no figure/],
    [{ lines: [{ ...line, price: true }] }, '/lines/0/price', /a figure/],
    [{ lines: [{ ...line, vatRate: 22.345 }] }, '/lines/0/vatRate', /At most 2 decimals/],
    [{ lines: [{ ...line, vatRate: 101 }] }, '/lines/0/vatRate', /from 0 to 100/],
    [{ lines: [{ ...line, nature: 'N9' }] }, '/lines/0/nature', /no code/],
    [{ lines: [{ ...line, description: '  ' }] }, '/lines/0/description', /empty/],
    [{ type: 'TD99' }, '/type', /no code/],
    [{ date: '25/11/2026' }, '/date', /not the form/],
    [{ number: 15 }, '/number', /a text/],
    [{ stampDuty: 'si' }, '/stampDuty', /no code/],
    [{ chargeStampDuty: 'yes' }, '/chargeStampDuty', /true or false/],
    [{ payment: { days: 30.5 } }, '/payment/days', /whole number/],
    [{ payment: { days: -1 } }, '/payment/days', /from 0 to 3650/],
    [{ customer: 'Rossi' }, '/customer', /an object/],
    [{ notes: 'x'.repeat(1001) }, '/notes', /1001 characters/],
  ];
  for (const [changes, path, says] of cases) {
    const [first] = wrong(changes);
    assert.equal(first?.[0], path, JSON.stringify(changes));
    assert.match(first?.[1] ?? '', says);
  }
});

/** The fix in Italian for one wrong field. */
function fixOf(changes: Readonly<Record<string, unknown>>): string | undefined {
  return checkShape({ ...exampleDocument, ...changes }, shortInvoice).findings[0]?.fix?.it;
}

test('a figure that is surely meant is written out, and the wrong one is called no number', () => {
  const line = { description: 'x', price: 1, vatRate: 22 };
  const [finding] = checkShape({ ...exampleDocument, lines: [{ ...line, price: '10,50' }] }, shortInvoice).findings;
  assert.equal(finding?.message.it, '«10,50» non è un numero.');
  assert.equal(finding?.fix?.it, 'Scrivere 10.50.');
  assert.equal(fixOf({ lines: [{ ...line, vatRate: '22%' }] }), 'Scrivere 22.');
  assert.equal(fixOf({ stampDuty: '2,00' }), 'Scrivere 2.00.');
  assert.match(fixOf({ lines: [{ ...line, price: '22%' }] }) ?? '', /punto decimale/);
  assert.match(fixOf({ lines: [{ ...line, vatRate: '122%' }] }) ?? '', /punto decimale/);
});

test('a code that only lacks its capitals is written out', () => {
  const line = { description: 'x', price: 1, vatRate: 0 };
  assert.equal(fixOf({ lines: [{ ...line, nature: 'n4' }] }), 'Scrivere N4.');
  assert.equal(fixOf({ currency: 'eur' }), 'Scrivere EUR.');
  assert.match(fixOf({ type: 'fattura' }) ?? '', /^Usare uno di questi: TD01/);
});

test('quotes too many or too few are told with the value', () => {
  assert.equal(fixOf({ number: 15 }), 'Scriverlo tra virgolette: "15".');
  assert.equal(fixOf({ payment: { days: '30' } }), 'Scriverlo senza virgolette: 30.');
});

test('a name that a pointer would read otherwise is escaped', () => {
  assert.equal(wrong({ 'a/b~c': 1 })[0]?.[0], '/a~1b~0c');
});

test('an attachment is base64, with line breaks or not, and megabytes of blanks are answered', () => {
  const attached = (content: string) => wrong({ attachments: { name: 'a.pdf', content } })[0]?.[0];
  for (const content of ['AQID', 'AQ==', 'AQ\r\nID\n', 'AQ= =\n']) assert.equal(attached(content), undefined, content);
  for (const content of ['A*', '=', '==', 'AQ===']) assert.equal(attached(content), '/attachments/content', content);
  for (const blanks of [`A${' '.repeat(4_000_000)}!`, `A=${' '.repeat(4_000_000)}!`]) {
    assert.equal(attached(blanks), '/attachments/content');
  }
});

test('the prototype is no field', () => {
  const value: unknown = JSON.parse('{"__proto__": {"lines": []}, "constructor": 1, "toString": 2}');
  const check = checkShape(value, shortInvoice);
  assert.ok(!check.ok);
  assert.ok(check.findings.some(({ path }) => path === '/__proto__'));
});

test('any JSON gets an answer, with at most fifty findings, in either shape', () => {
  const model = fc.record({ FatturaElettronicaHeader: fc.jsonValue(), FatturaElettronicaBody: fc.jsonValue() });
  fc.assert(
    fc.property(
      fc.oneof(fc.jsonValue(), model, fc.record({ lines: fc.jsonValue(), customer: fc.jsonValue() })),
      (json) => {
        const reading = readJsonDocument(json);
        if (!reading.ok) assert.ok(reading.findings.length > 0 && reading.findings.length <= 60);
      },
    ),
  );
});
