// fatturapa: what a document becomes: given things are kept, the rest is reckoned as a bookkeeper would.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkDocument } from '../check-document.ts';
import type { FatturaElettronica } from '../schema/ordinary.ts';
import type { FatturaElettronicaSemplificata } from '../schema/simplified.ts';
import { writeDocument } from '../write/write-document.ts';
import { composeDocument, type Composed } from './compose-document.ts';
import { nameSending, numberDocument } from './number-document.ts';
import type { FiscalProfile } from './short-party.ts';

const options = {
  today: '2026-11-25',
  transmitter: { idPaese: 'IT', idCodice: '03123450672' },
  progressive: '00001',
};

const profile: FiscalProfile = {
  name: 'Officina Esempio S.r.l.',
  vatNumber: 'IT03123450672',
  taxRegime: 'RF01',
  address: { street: 'Corso Esempio 3', postcode: '64100', city: 'Teramo', province: 'TE' },
};

const customer = {
  name: 'Studio Neri Associati',
  vatNumber: 'IT11223344554',
  address: { street: 'Viale dei Campioni 7', postcode: '20121', city: 'Milano', province: 'MI' },
};

type Json = Readonly<Record<string, unknown>>;

/** Composes, and insists that SdI would take it. */
function right(json: Json, from: FiscalProfile | undefined = profile): FatturaElettronica {
  const composed = composeDocument({ customer, ...json }, from, options);
  assert.ok(composed.document, JSON.stringify(composed.findings, null, 1));
  assert.deepEqual(judged(composed), []);
  return composed.document as FatturaElettronica;
}

function judged({ document }: Composed): { code: string; path: string | undefined; it: string }[] {
  assert.ok(document);
  const at = new Date('2026-11-25T12:00:00Z');
  const { findings } = checkDocument(writeDocument(document), { kind: 'internal', validation: 'document', at });
  return findings.map(({ code, path, message }) => ({ code, path, it: message.it }));
}

function bodyOf(document: FatturaElettronica) {
  const body = document.FatturaElettronicaBody[0];
  assert.ok(body);
  return { ...body.DatiBeniServizi, general: body.DatiGenerali.DatiGeneraliDocumento, body };
}

function wrong(json: Json, from: FiscalProfile | undefined = profile): [string, string | undefined][] {
  const { document, findings } = composeDocument({ customer, ...json }, from, options);
  assert.equal(document, undefined);
  return findings.map(({ code, path }) => [code, path]);
}

const hour = { description: 'Lavoro', price: 50, vatRate: 22 };

test('lines, summary and total come out exact', () => {
  const lines = [
    { description: 'Ore', quantity: '3', price: '33.335', vatRate: 22 },
    { description: 'Pezzi', quantity: 7, price: 0.07, vatRate: 10 },
    { description: 'Sconto', price: -5, vatRate: 22 },
  ];
  const { DettaglioLinee, DatiRiepilogo, general } = bodyOf(right({ lines }));
  assert.deepEqual(
    DettaglioLinee.map(({ NumeroLinea, PrezzoTotale }) => [NumeroLinea, PrezzoTotale]),
    [
      ['1', '100.01'],
      ['2', '0.49'],
      ['3', '-5.00'],
    ],
  );
  assert.deepEqual(
    DatiRiepilogo.map(({ AliquotaIVA, ImponibileImporto, Imposta }) => [AliquotaIVA, ImponibileImporto, Imposta]),
    [
      ['22.00', '95.01', '20.90'],
      ['10.00', '0.49', '0.05'],
    ],
  );
  assert.equal(general.ImportoTotaleDocumento, '116.45');
});

test('discounts apply to the unit price in their order, an amount per unit', () => {
  const line = {
    ...hour,
    quantity: 2,
    price: 100,
    discounts: [{ percent: 10 }, { amount: 5 }, { percent: 50, surcharge: true }],
  };
  assert.equal(bodyOf(right({ lines: [line] })).DettaglioLinee[0]?.PrezzoTotale, '255.00');
});

test('an amount of zero beside a percentage leaves the word to it, on lines and on the whole document', () => {
  const totalOf = (discounts: Json) =>
    bodyOf(right({ lines: [{ ...hour, price: 30, discounts }] })).DettaglioLinee[0]?.PrezzoTotale;
  assert.equal(totalOf({ percent: 10, amount: 0 }), '27.00');
  assert.equal(totalOf({ percent: 10, amount: '0.00' }), '27.00');
  assert.equal(totalOf({ percent: 10, amount: 1 }), '29.00');
  assert.equal(totalOf({ amount: 0 }), '30.00');
  const { document } = composeDocument(
    {
      FatturaElettronicaHeader: { CessionarioCommittente: {} },
      FatturaElettronicaBody: {
        DatiGenerali: {
          DatiGeneraliDocumento: { ScontoMaggiorazione: { Tipo: 'SC', Percentuale: '10.00', Importo: '0.00' } },
        },
        DatiBeniServizi: { DettaglioLinee: { Descrizione: 'x', PrezzoUnitario: 100, AliquotaIVA: 22 } },
      },
    },
    profile,
    options,
  );
  assert.equal(bodyOf(document as FatturaElettronica).general.ImportoTotaleDocumento, '109.80');
});

test('kind, currency and date are filled in, the number waits', () => {
  const composed = composeDocument({ customer, lines: [hour], register: 'B' }, profile, options);
  const { general } = bodyOf(composed.document as FatturaElettronica);
  assert.deepEqual([general.TipoDocumento, general.Divisa, general.Data], ['TD01', 'EUR', '2026-11-25']);
  assert.deepEqual(composed.open, [{ body: 0, register: 'B', date: '2026-11-25' }]);
  numberDocument(composed, ['15/2026']);
  nameSending(composed.document!, { transmitter: { idPaese: 'IT', idCodice: '11223344554' }, progressive: '0002S' });
  const { DatiTrasmissione } = composed.document!.FatturaElettronicaHeader;
  assert.equal(general.Numero, '15/2026');
  assert.deepEqual(DatiTrasmissione.IdTrasmittente, { IdPaese: 'IT', IdCodice: '11223344554' });
  assert.equal(DatiTrasmissione.ProgressivoInvio, '0002S');
  assert.throws(() => numberDocument(composed, []), RangeError);
});

test('six characters of recipient code make it an invoice to a public body', () => {
  const pa = { ...customer, vatNumber: undefined, taxCode: '80012345676', recipientCode: 'uf0abc' };
  const orders = { number: '12', date: '2026-10-01', cig: 'Z123456789' };
  const document = right({ customer: pa, lines: [hour], vatPayability: 'S', orders });
  assert.equal(document.versione, 'FPA12');
  assert.equal(document.FatturaElettronicaHeader.DatiTrasmissione.CodiceDestinatario, 'UF0ABC');
  assert.equal(bodyOf(document).DatiRiepilogo[0]?.EsigibilitaIVA, 'S');
});

test('a foreign customer has XXXXXXX, CAP 00000, no province, and an id in any case', () => {
  const address = { street: 'Rue de la Paix 1', postcode: '75002', city: 'Paris', country: 'FR' };
  const lines = [{ ...hour, vatRate: 0, nature: 'N3.2' }];
  const document = right({ customer: { name: 'Dupont SARL', vatNumber: 'FR12345678901', address }, lines });
  const { DatiTrasmissione, CessionarioCommittente } = document.FatturaElettronicaHeader;
  assert.equal(DatiTrasmissione.CodiceDestinatario, 'XXXXXXX');
  assert.deepEqual(CessionarioCommittente.Sede, {
    Indirizzo: 'Rue de la Paix 1',
    NumeroCivico: undefined,
    CAP: '00000',
    Comune: '75002 Paris',
    Nazione: 'FR',
  });
  const person = right({ customer: { firstName: 'Jean', lastName: 'Dupont', address }, lines: [hour] });
  assert.deepEqual(person.FatturaElettronicaHeader.CessionarioCommittente.DatiAnagrafici.IdFiscaleIVA, {
    IdPaese: 'FR',
    IdCodice: '0000000',
  });
});

test('stamp duty stands from 77.48 euro without VAT on, and as a line where the customer bears it', () => {
  const exempt = (price: string) => [{ description: 'Visita', price, vatRate: 0, nature: 'N4' }];
  assert.equal(bodyOf(right({ lines: exempt('77.47') })).general.DatiBollo, undefined);
  const borne = bodyOf(right({ lines: exempt('77.48') }));
  assert.deepEqual(borne.general.DatiBollo, { BolloVirtuale: 'SI', ImportoBollo: '2.00' });
  assert.equal(borne.general.ImportoTotaleDocumento, '77.48');
  const charged = bodyOf(right({ lines: exempt('77.48'), chargeStampDuty: true }));
  assert.equal(charged.general.ImportoTotaleDocumento, '79.48');
  assert.deepEqual(
    charged.DatiRiepilogo.map(({ Natura, ImponibileImporto }) => [Natura, ImponibileImporto]),
    [
      ['N4', '77.48'],
      ['N1', '2.00'],
    ],
  );
  assert.equal(composedStamp({ lines: exempt('100'), stampDuty: 'none' }), undefined);
  assert.equal(composedStamp({ lines: [hour], stampDuty: '2.00' }), '2.00');
});

test('what gives back amounts outside VAT bears no stamp duty, in either format, and nobody misses it', () => {
  const lines = [{ description: 'Rimborso', price: '-100', vatRate: 0, nature: 'N4' }];
  const ordinary = composeDocument({ customer, lines }, profile, options);
  assert.equal(bodyOf(ordinary.document as FatturaElettronica).general.DatiBollo, undefined);
  const simplified = composeDocument({ customer, lines, format: 'FSM10' }, profile, options);
  const { FatturaElettronicaBody: bodies } = simplified.document as FatturaElettronicaSemplificata;
  assert.equal(bodies[0]?.DatiGenerali.DatiGeneraliDocumento.BolloVirtuale, undefined);
  for (const composed of [ordinary, simplified]) {
    assert.ok(!judged(composed).some(({ code }) => code === 'BOLLO_MISSING'));
  }
  const mixed = [...lines, { description: 'Visita', price: '177.47', vatRate: 0, nature: 'N2.1' }];
  assert.equal(composedStamp({ lines: mixed }), undefined);
  assert.equal(composedStamp({ lines: [...mixed, { ...mixed[1], price: '0.01' }] }), '2.00');
});

function composedStamp(json: Json): string | undefined {
  const { document } = composeDocument({ customer, ...json }, profile, options);
  return bodyOf(document as FatturaElettronica).general.DatiBollo?.ImportoBollo;
}

const professional: FiscalProfile = {
  firstName: 'Marco',
  lastName: 'Verdi',
  vatNumber: 'IT01234567897',
  taxRegime: 'RF01',
  address: { street: 'Piazza 1', postcode: '00184', city: 'Roma', province: 'RM' },
  defaults: {
    vatRate: 22,
    socialFund: { type: 'TC02', rate: 4 },
    withholding: { rate: 20, reason: 'A' },
    payment: { days: 30, iban: 'IT60X0542811101000000123456' },
  },
};

test("a professional's fee gets fund, withholding and what is left to pay, from the profile", () => {
  const { general, DatiRiepilogo, body } = bodyOf(
    right({ type: 'TD06', lines: [{ description: 'Parcella', price: 1000 }] }, professional),
  );
  assert.equal(general.DatiCassaPrevidenziale?.[0]?.ImportoContributoCassa, '40.00');
  assert.deepEqual(general.DatiRitenuta?.[0], {
    TipoRitenuta: 'RT01',
    ImportoRitenuta: '200.00',
    AliquotaRitenuta: '20.00',
    CausalePagamento: 'A',
  });
  assert.deepEqual(
    DatiRiepilogo.map(({ ImponibileImporto, Imposta }) => [ImponibileImporto, Imposta]),
    [['1040.00', '228.80']],
  );
  assert.equal(general.ImportoTotaleDocumento, '1268.80');
  const [detail] = body.DatiPagamento?.[0]?.DettaglioPagamento ?? [];
  assert.deepEqual([detail?.ImportoPagamento, detail?.DataScadenzaPagamento], ['1068.80', '2026-12-25']);
});

test('who has no VAT number withholds nothing by default', () => {
  const person = { firstName: 'Anna', lastName: 'Neri', taxCode: 'NREMRA80A41F205L', address: customer.address };
  const { document } = composeDocument(
    { customer: person, lines: [{ description: 'Parcella', price: 1000 }] },
    professional,
    options,
  );
  const { general, DettaglioLinee } = bodyOf(document as FatturaElettronica);
  assert.equal(general.DatiRitenuta, undefined);
  assert.equal(DettaglioLinee[0]?.Ritenuta, undefined);
});

test('the flat-rate regime charges no VAT and says by which law', () => {
  const flat: FiscalProfile = { ...profile, taxRegime: 'RF19' };
  const { DettaglioLinee, DatiRiepilogo, general } = bodyOf(
    right({ lines: [{ description: 'Opera', price: 500 }] }, flat),
  );
  assert.deepEqual([DettaglioLinee[0]?.AliquotaIVA, DettaglioLinee[0]?.Natura], ['0.00', 'N2.2']);
  assert.match(DatiRiepilogo[0]?.RiferimentoNormativo ?? '', /L\. 190\/2014/);
  assert.equal(general.DatiBollo?.ImportoBollo, '2.00');
});

test('instalments share the amount to the cent, equal or by percent', () => {
  const amounts = (payment: Json) =>
    bodyOf(right({ lines: [{ ...hour, price: '81.97' }], payment })).body.DatiPagamento?.[0]?.DettaglioPagamento.map(
      ({ ImportoPagamento, DataScadenzaPagamento }) => [ImportoPagamento, DataScadenzaPagamento],
    );
  assert.deepEqual(amounts({ instalments: [{ days: 30 }, { days: 60 }, { days: 90, endOfMonth: true }] }), [
    ['33.33', '2026-12-25'],
    ['33.33', '2027-01-24'],
    ['33.34', '2027-02-28'],
  ]);
  assert.deepEqual(amounts({ instalments: [{ percent: 33.33 }, { percent: 66.67 }] }), [
    ['33.33', undefined],
    ['66.67', undefined],
  ]);
  assert.deepEqual(amounts({ instalments: [{ amount: 10 }, {}] }), [
    ['10.00', undefined],
    ['90.00', undefined],
  ]);
});

test('a long note stands in several elements', () => {
  const note = 'parola '.repeat(60).trim();
  const { general } = bodyOf(right({ lines: [hour], notes: note }));
  assert.ok(general.Causale?.every((piece) => piece.length <= 200));
  assert.equal(general.Causale?.join(' '), note);
});

test('a self-billed document has the other party as supplier and oneself as customer', () => {
  const supplier = {
    name: 'Cloud GmbH',
    vatNumber: 'DE123456789',
    taxRegime: 'RF18',
    address: { street: 'Weg 1', city: 'Berlin', country: 'DE' },
  };
  const linkedInvoices = { number: 'R-1', date: '2026-11-20' };
  const document = right({ type: 'TD17', supplier, customer: undefined, lines: [hour], linkedInvoices });
  const { CedentePrestatore, CessionarioCommittente } = document.FatturaElettronicaHeader;
  assert.equal(CedentePrestatore.DatiAnagrafici.IdFiscaleIVA.IdPaese, 'DE');
  assert.equal(CessionarioCommittente.DatiAnagrafici.Anagrafica.Denominazione, profile.name);
});

test('a simplified invoice holds its VAT inside', () => {
  const json = { customer, format: 'FSM10', lines: [{ description: 'Pranzo', price: '10.00', vatRate: 10 }] };
  const composed = composeDocument(json, profile, options);
  assert.deepEqual(judged(composed), []);
  const { FatturaElettronicaBody: bodies, versione } = composed.document as FatturaElettronicaSemplificata;
  assert.equal(versione, 'FSM10');
  assert.deepEqual(bodies[0]?.DatiBeniServizi[0]?.Importo, '11.00');
  assert.equal(bodies[0]?.DatiGenerali.DatiGeneraliDocumento.TipoDocumento, 'TD07');
  const measured = { ...json.lines[0], unit: 'pz' };
  assert.deepEqual(wrong({ ...json, payment: { days: 30 }, lines: [measured] }), [
    ['NOT_IN_FORMAT', '/payment'],
    ['NOT_IN_FORMAT', '/lines/0/unit'],
  ]);
});

test("the model's own shape keeps what it says and fills in the rest", () => {
  const model = {
    FatturaElettronicaHeader: {
      DatiTrasmissione: { CodiceDestinatario: 'ABC1234' },
      CessionarioCommittente: {
        DatiAnagrafici: {
          IdFiscaleIVA: { IdPaese: 'IT', IdCodice: '11223344554' },
          Anagrafica: { Denominazione: 'Neri' },
        },
        Sede: { Indirizzo: 'Viale 7', CAP: '20121', Comune: 'Milano', Nazione: 'IT' },
      },
    },
    FatturaElettronicaBody: {
      DatiGenerali: { DatiGeneraliDocumento: { Numero: '7', Arrotondamento: '0.1' } },
      DatiBeniServizi: {
        DettaglioLinee: { Descrizione: 'Canone', PrezzoUnitario: 10.5, AliquotaIVA: 22, Quantita: '2' },
      },
    },
  };
  const { document, open } = composeDocument(model, profile, options);
  const { general, DettaglioLinee } = bodyOf(document as FatturaElettronica);
  assert.deepEqual([general.Numero, general.Arrotondamento, general.ImportoTotaleDocumento], ['7', '0.10', '25.62']);
  assert.deepEqual([DettaglioLinee[0]?.PrezzoTotale, DettaglioLinee[0]?.Quantita], ['21.00', '2.00']);
  assert.deepEqual(open, []);
  const unknown = { ...model, FatturaElettronicaBody: [{ DatiGeneral: {} }] };
  assert.deepEqual(
    composeDocument(unknown, profile, options).findings.map(({ path, fix }) => [path, fix?.en]),
    [['/FatturaElettronicaBody/0/DatiGeneral', 'Perhaps "DatiGenerali" was meant.']],
  );
});

test('thousands of wrong lines and odd texts are told by a hundred findings, errors among them', () => {
  const lines = Array.from({ length: 9000 }, () => ({ description: 'un’ora', price: 1 }));
  const { findings, document } = composeDocument({ customer, lines }, profile, options);
  assert.equal(document, undefined);
  assert.equal(findings.length, 100);
  assert.ok(findings.some(({ severity }) => severity === 'error'));
});

test('what is missing is told by its place in the JSON', () => {
  assert.deepEqual(wrong({ lines: [{ description: 'x', price: 1 }] }), [['00200', '/lines/0/vatRate']]);
  assert.deepEqual(wrong({ lines: [{ ...hour, vatRate: 0 }] }), [['00400', '/lines/0/nature']]);
  assert.deepEqual(wrong({ customer: undefined, lines: [hour] }), [['00200', '/customer']]);
  const { vatNumber: _vat, ...nobody } = customer;
  assert.deepEqual(wrong({ customer: nobody, lines: [hour] }), [['00417', '/customer/vatNumber']]);
  const homeless = { ...customer, address: { street: 'Via', city: 'Roma' } };
  assert.deepEqual(wrong({ customer: homeless, lines: [hour] }), [['00200', '/customer/address/postcode']]);
  const { vatNumber: _id, ...seller } = { ...customer, taxRegime: 'RF01' };
  assert.deepEqual(wrong({ supplier: seller, lines: [hour] }), [['00200', '/supplier/vatNumber']]);
  const both = { ...customer, firstName: 'A', lastName: 'B' };
  assert.deepEqual(wrong({ customer: both, lines: [hour] }), [['00200', '/customer/name']]);
  assert.deepEqual(
    composeDocument({ customer, lines: [hour] }, undefined, options).findings[0]?.code,
    'PROFILE_MISSING',
  );
});
