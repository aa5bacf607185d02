// fatturapa: a profile is judged by what SdI would refuse in every invoice made with it.
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkProfile } from './check-profile.ts';

const today = '2026-11-25';

const right = {
  name: 'Officina Esempio S.r.l.',
  vatNumber: 'IT03123450672',
  taxRegime: 'RF01',
  address: { street: 'Corso Esempio 3', postcode: '64100', city: 'Teramo', province: 'TE' },
};

function wrongPlace(changes: Readonly<Record<string, unknown>>, dummies: 'error' | 'warning' = 'error') {
  const check = checkProfile({ ...right, ...changes }, today, dummies);
  return check.ok ? undefined : check.findings[0]?.path;
}

test('the least that can issue is name, VAT number, regime and address', () => {
  assert.equal(wrongPlace({}), undefined);
  for (const name of Object.keys(right)) assert.equal(wrongPlace({ [name]: undefined }), `/${name}`);
});

test('a person, a foreign seller and every habit can issue', () => {
  const person = { name: undefined, firstName: 'Marco', lastName: 'Verdi', taxCode: 'RSSMRA80A01H501U' };
  assert.equal(wrongPlace(person), undefined);
  const defaults = {
    vatRate: 22,
    payment: { instalments: [{ days: 30 }, { days: 60 }], iban: 'IT60X0542811101000000123456' },
    withholding: { rate: 20, reason: 'A' },
    socialFund: { type: 'TC02', rate: 4, withholding: true },
    notes: 'Contributo CONAI assolto ove dovuto',
    chargeStampDuty: true,
  };
  assert.equal(wrongPlace({ defaults }), undefined);
  assert.equal(wrongPlace({ taxRegime: 'RF19' }), undefined);
  assert.equal(wrongPlace({ recipientCode: 'abc1234', pec: 'a@pec.example', transmitter: 'IT11223344554' }), undefined);
});

test('each thing that SdI would refuse is told by its own place', () => {
  const cases: [Record<string, unknown>, string][] = [
    [{ vatNumber: 'IT03123450673' }, '/vatNumber'],
    [{ taxCode: 'RSSMRA80A01H501X' }, '/taxCode'],
    [{ transmitter: 'IT11223344555' }, '/transmitter'],
    [{ address: { ...right.address, postcode: '6410A' } }, '/address/postcode'],
    [{ address: { ...right.address, street: 'Ulica Łódzka' } }, '/address/street'],
    [{ contacts: { phone: '1' } }, '/contacts/phone'],
    [{ pec: 'sdi03@pec.fatturapa.it' }, '/pec'],
    [{ defaults: { payment: { iban: 'IT00X0542811101000000123456' } } }, '/defaults/payment/iban'],
    [{ defaults: { vatRate: 0 } }, '/defaults/nature'],
  ];
  for (const [changes, place] of cases) assert.equal(wrongPlace(changes), place, JSON.stringify(changes));
});

test("the revenue agency's example number issues only where that is allowed", () => {
  assert.equal(wrongPlace({ vatNumber: 'IT01234567890' }), '/vatNumber');
  assert.equal(wrongPlace({ vatNumber: 'IT01234567890' }, 'warning'), undefined);
});

test('any JSON gets an answer', () => {
  const odd = fc.oneof(
    fc.jsonValue(),
    fc
      .dictionary(fc.constantFrom('name', 'vatNumber', 'address', 'defaults', 'rea', 'contacts'), fc.jsonValue())
      .map((more) => ({ ...right, ...more })),
  );
  fc.assert(
    fc.property(odd, (json) => {
      const check = checkProfile(json, today);
      if (!check.ok) assert.ok(check.findings.length > 0 && check.findings.every(({ path }) => path !== undefined));
    }),
  );
});
