// fatturapa: a document that somebody else sells takes nothing over from the habits of who writes it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { writeDocument } from '../write/write-document.ts';
import { composeDocument } from './compose-document.ts';
import type { FiscalProfile } from './short-party.ts';

const options = {
  today: '2026-11-25',
  transmitter: { idPaese: 'IT', idCodice: '03123450672' },
  progressive: '00001',
};

const address = { street: 'Corso Esempio 3', postcode: '64100', city: 'Teramo', province: 'TE' };

const profile: FiscalProfile = {
  firstName: 'Marco',
  lastName: 'Verdi',
  vatNumber: 'IT03123450672',
  taxRegime: 'RF01',
  address,
  defaults: {
    register: 'B',
    vatRate: 10,
    vatPayability: 'S',
    notes: 'Nota abituale',
    payment: { iban: 'IT60X0542811101000000123456', days: 30 },
    withholding: { rate: 20, reason: 'A' },
    socialFund: { type: 'TC02', rate: 4 },
    chargeStampDuty: true,
  },
};

const gamma = { name: 'Gamma S.r.l.', vatNumber: 'IT01234567897', taxRegime: 'RF01', address };
const customer = { name: 'Studio Neri', vatNumber: 'IT11223344554', address };
const hour = { description: 'Lavoro', price: 10, vatRate: 22 };

type Json = Readonly<Record<string, unknown>>;

function composed(json: Json) {
  const { document, findings, open } = composeDocument(json, profile, options);
  assert.ok(document, JSON.stringify(findings));
  return { xml: writeDocument(document).toString(), open };
}

const habits = ['IBAN', 'DatiPagamento', 'Causale>', 'EsigibilitaIVA', 'DatiRitenuta', 'DatiCassaPrevidenziale'];

test("the profile's habits fill up its own document, and none that names another supplier", () => {
  const own = composed({ customer, lines: [hour] }).xml;
  const others = composed({ supplier: gamma, customer, lines: [hour] }).xml;
  for (const habit of habits) {
    assert.ok(own.includes(habit), habit);
    assert.ok(!others.includes(habit), habit);
  }
});

test("another supplier's document bears stamp duty without charging it, unless it says so", () => {
  const lines = [{ description: 'Visita', price: 100, vatRate: 0, nature: 'N4' }];
  const json = { supplier: gamma, customer, lines };
  const { xml } = composed(json);
  assert.match(xml, /<ImportoBollo>2\.00/);
  assert.doesNotMatch(xml, /<Descrizione>Imposta di bollo/);
  assert.match(composed({ ...json, chargeStampDuty: true }).xml, /<Descrizione>Imposta di bollo/);
});

test("a line's rate and Natura are never another supplier's, in either format", () => {
  const { vatRate: _rate, ...silent } = hour;
  for (const format of ['FPR12', 'FSM10']) {
    const json = { format, customer, lines: [silent] };
    assert.match(composed(json).xml, /<Aliquota(?:IVA)?>10\.00/, format);
    const { findings } = composeDocument({ ...json, supplier: gamma }, profile, options);
    assert.deepEqual(
      findings.map(({ code, path }) => [code, path]),
      [['00200', '/lines/0/vatRate']],
      format,
    );
  }
});

test('the kind of withholding goes by who sells: RT02 for a company though a person writes for it', () => {
  const withholding = { rate: 4, reason: 'W' };
  const kind = (json: Json) =>
    /<TipoRitenuta>(\w+)/.exec(composed({ customer, withholding, lines: [hour], ...json }).xml);
  assert.equal(kind({})?.[1], 'RT01');
  assert.equal(kind({ supplier: gamma })?.[1], 'RT02');
});

test('whoever sells, the number comes from the register of who writes', () => {
  const [open] = composed({ supplier: gamma, customer, lines: [hour] }).open;
  assert.equal(open?.register, 'B');
});

test("in the model's own shape VAT becomes payable by habit only where the seller is oneself", () => {
  const seller = (IdCodice: string) => ({
    DatiAnagrafici: {
      IdFiscaleIVA: { IdPaese: 'IT', IdCodice },
      Anagrafica: { Denominazione: 'x' },
    },
    Sede: { Indirizzo: 'Via 1', CAP: '64100', Comune: 'Teramo', Nazione: 'IT' },
  });
  const payable = (CedentePrestatore?: Json) =>
    composed({
      FatturaElettronicaHeader: { CedentePrestatore, CessionarioCommittente: seller('11223344554') },
      FatturaElettronicaBody: {
        DatiBeniServizi: { DettaglioLinee: { Descrizione: 'x', PrezzoUnitario: 1, AliquotaIVA: 22 } },
      },
    }).xml.includes('EsigibilitaIVA');
  assert.deepEqual([payable(), payable(seller('03123450672')), payable(seller('01234567897'))], [true, true, false]);
});
