// fatturapa: whatever right short invoice is composed, SdI would take it; and whatever JSON comes, there is an answer.
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkDocument } from '../check-document.ts';
import { readDocument } from '../read/read-document.ts';
import { writeDocument } from '../write/write-document.ts';
import { composeDocument } from './compose-document.ts';
import type { FiscalProfile } from './short-party.ts';

const options = {
  today: '2026-11-25',
  transmitter: { idPaese: 'IT', idCodice: '03123450672' },
  progressive: '00001',
};
const at = new Date('2026-11-25T12:00:00Z');

/** Natures that a seller chooses by itself; the reverse-charge ones too. */
const natures = ['N1', 'N2.1', 'N2.2', 'N3.1', 'N3.5', 'N3.6', 'N4', 'N5', 'N6.3', 'N7'] as const;

const text = (max: number) =>
  fc
    .string({ unit: fc.constantFrom(...'abcXYZ 019àèìòù’–“…€&<>"'), minLength: 1, maxLength: max })
    .filter((one) => one.trim() !== '');

const decimal = (min: number, max: number, places: number) =>
  fc.integer({ min: min * 10 ** places, max: max * 10 ** places }).map((units) => {
    const sign = units < 0 ? '-' : '';
    const digits = String(Math.abs(units)).padStart(places + 1, '0');
    return `${sign}${digits.slice(0, -places)}.${digits.slice(-places)}`;
  });

/** As text with all its digits, or as the float that a program would send. */
const figure = (min: number, max: number, places: number) =>
  fc.tuple(decimal(min, max, places), fc.boolean()).map(([one, asText]) => (asText ? one : Number(one)));

const vat = fc.oneof(
  fc.record({ vatRate: fc.constantFrom(4, '5', '10.00', 22) }),
  fc.record({ vatRate: fc.constantFrom(0, '0.00'), nature: fc.constantFrom(...natures) }),
);

const discount = fc.oneof(
  fc.record({ percent: figure(0, 100, 2) }),
  fc.record({ percent: figure(0, 100, 2), amount: fc.constantFrom(0, '0.00', 0.5) }),
  fc.record({ amount: figure(0, 5, 4), surcharge: fc.boolean() }),
);

const line = fc
  .tuple(
    fc.record(
      {
        description: text(100),
        price: figure(-10, 5000, 6),
        quantity: fc.oneof(figure(0, 300, 3), figure(0, 90_000, 5)),
        unit: fc.constantFrom('ore', 'pz'),
        discounts: fc.array(discount, { maxLength: 3 }),
      },
      { requiredKeys: ['description', 'price'] },
    ),
    vat,
  )
  .map(([one, rate]) => ({ ...one, ...rate }));

const italian = fc.record(
  {
    name: text(30),
    vatNumber: fc.constantFrom('IT11223344554', '11223344554'),
    recipientCode: fc.constantFrom('ABC1234', 'abc1234'),
    address: fc.constant({ street: 'Via 1', postcode: '20121', city: 'Milano', province: 'MI' }),
  },
  { requiredKeys: ['name', 'vatNumber', 'address'] },
);

const foreign = fc.record(
  {
    firstName: text(20),
    lastName: text(20),
    vatNumber: fc.constantFrom('DE123456789', 'FR12345678901'),
    address: fc.record({
      street: text(40),
      postcode: text(10),
      city: text(20),
      country: fc.constantFrom('DE', 'FR', 'US'),
    }),
  },
  { requiredKeys: ['firstName', 'lastName', 'address'] },
);

const invoice = fc.record(
  {
    customer: fc.oneof(italian, foreign),
    lines: fc.array(line, { minLength: 1, maxLength: 12 }),
    date: fc.constantFrom('2026-11-01', '2026-02-28'),
    notes: fc.oneof(text(500), fc.array(text(300), { maxLength: 3 })),
    payment: fc.record(
      {
        days: fc.integer({ min: 0, max: 120 }),
        endOfMonth: fc.boolean(),
        instalments: fc.array(fc.record({ days: fc.integer({ min: 0, max: 300 }) }), { maxLength: 5 }),
      },
      { requiredKeys: [] },
    ),
    withholding: fc.record(
      { rate: fc.constantFrom(20, '4.00'), reason: fc.constantFrom('A', 'W'), share: fc.constantFrom(50, '20') },
      { requiredKeys: ['rate', 'reason'] },
    ),
    socialFund: fc.record(
      { type: fc.constantFrom('TC02', 'TC22'), rate: fc.constantFrom(4, '2'), withholding: fc.boolean() },
      { requiredKeys: ['type', 'rate'] },
    ),
    stampDuty: fc.constantFrom('auto', 'none', 2),
    chargeStampDuty: fc.boolean(),
    orders: fc.record({ number: fc.constant('12/A'), cig: fc.constant('Z123456789') }),
  },
  { requiredKeys: ['customer', 'lines'] },
);

const profile: FiscalProfile = {
  name: 'Officina Esempio S.r.l.',
  vatNumber: 'IT03123450672',
  taxRegime: 'RF01',
  address: { street: 'Corso Esempio 3', postcode: '64100', city: 'Teramo', province: 'TE' },
  defaults: { payment: { days: 30, iban: 'IT60X0542811101000000123456' } },
};

/** A fund or withholding that needs a line to bear it is asked for by the sender; the generator keeps to invoices that have one. */
function bears(json: {
  lines: readonly { vatRate: string | number }[];
  socialFund?: unknown;
  withholding?: unknown;
}): boolean {
  return json.socialFund === undefined || json.lines.some(({ vatRate }) => Number(vatRate) > 0);
}

/** What a sender asked for, and so is told. */
function expected(stampDuty: unknown): Set<string> {
  return new Set(['INVOICE_NEGATIVE', ...(stampDuty === 'none' ? ['BOLLO_MISSING'] : [])]);
}

test('a right short invoice becomes a file in which SdI and bookkeepers find nothing', () => {
  fc.assert(
    fc.property(invoice.filter(bears), (json) => {
      const { document, findings } = composeDocument(json, profile, options);
      assert.ok(document, JSON.stringify(findings));
      const check = checkDocument(writeDocument(document), { kind: 'internal', validation: 'document', at });
      const unexpected = check.findings.filter(({ code }) => !expected(json.stampDuty).has(code));
      assert.deepEqual(unexpected, []);
    }),
    { numRuns: 300 },
  );
});

test('a file that is complete comes out of composing as it went in', () => {
  fc.assert(
    fc.property(invoice.filter(bears), (json) => {
      const { document } = composeDocument({ ...json, number: '1' }, profile, options);
      assert.ok(document);
      const xml = writeDocument(document);
      const { right } = readDocument(xml);
      assert.ok(right);
      const again = composeDocument(right.document, undefined, {
        ...options,
        progressive: '99999',
        today: '2026-11-30',
      });
      assert.ok(again.document, JSON.stringify(again.findings));
      // Stamp duty that was left out on purpose is the one thing that the model's shape cannot say.
      if (json.stampDuty !== 'none') assert.equal(writeDocument(again.document).toString(), xml.toString());
    }),
    { numRuns: 100 },
  );
});

test('any JSON gets a document or an error with a place', () => {
  const odd = fc.oneof(
    fc.jsonValue(),
    fc.record({ customer: fc.jsonValue(), lines: fc.array(fc.jsonValue(), { maxLength: 3 }) }),
    fc.record({ FatturaElettronicaHeader: fc.jsonValue(), FatturaElettronicaBody: fc.jsonValue() }),
    fc.tuple(invoice, fc.dictionary(fc.string(), fc.jsonValue())).map(([json, more]) => ({ ...json, ...more })),
  );
  fc.assert(
    fc.property(odd, fc.boolean(), (json, known) => {
      const { document, findings } = composeDocument(json, known ? profile : undefined, options);
      const errors = findings.filter(({ severity }) => severity === 'error');
      assert.equal(document === undefined, errors.length > 0);
      assert.ok(errors.every(({ path }) => path !== undefined));
      if (document) writeDocument(document);
    }),
    { numRuns: 500 },
  );
});
