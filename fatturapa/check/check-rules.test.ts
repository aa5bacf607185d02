// fatturapa: how the checks work together: tolerances, what is let through, and one cause told once.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { checkRules } from './check-rules.ts';
import { changed, context, type Changes, type CleanName } from './clean-documents.fixture.ts';

const header = 'FatturaElettronicaHeader';
const supplier = `${header}/CedentePrestatore/DatiAnagrafici`;
const customer = `${header}/CessionarioCommittente/DatiAnagrafici`;
const body = 'FatturaElettronicaBody[1]';
const general = `${body}/DatiGenerali/DatiGeneraliDocumento`;
const lines = `${body}/DatiBeniServizi/DettaglioLinee`;
const summary = `${body}/DatiBeniServizi/DatiRiepilogo`;
const payment = `${body}/DatiPagamento[1]/DettaglioPagamento`;

function codesOf(name: CleanName, changes: Changes): string[] {
  const { format, document } = changed(name, changes);
  return checkRules(document, format, context).map(({ code }) => code);
}

suite('tolerances', () => {
  /** A credit note of one line with these figures. */
  const withFigures = (taxable: string, tax: string, total: string) => ({
    [`${summary}[1]/ImponibileImporto`]: taxable,
    [`${summary}[1]/Imposta`]: tax,
    [`${general}/ImportoTotaleDocumento`]: total,
  });

  test('00421: VAT may be 0.01 off the rounded product, on either side', () => {
    assert.deepEqual(codesOf('creditNote', withFigures('100.00', '22.01', '122.01')), []);
    assert.deepEqual(codesOf('creditNote', withFigures('100.00', '21.99', '121.99')), []);
    assert.deepEqual(codesOf('creditNote', withFigures('100.00', '22.02', '122.02')), ['00421']);
    assert.deepEqual(codesOf('creditNote', withFigures('100.00', '21.98', '121.98')), ['00421']);
  });

  test('00421: the product is rounded first, halves away from zero', () => {
    // 22% of 100.25 is 22.055, rounded 22.06: 22.07 is in, 22.04 is out.
    assert.deepEqual(codesOf('creditNote', withFigures('100.25', '22.07', '122.32')), []);
    assert.deepEqual(codesOf('creditNote', withFigures('100.25', '22.04', '122.29')), ['00421']);
    const negative = { [`${lines}[1]/PrezzoUnitario`]: '-100.00', [`${lines}[1]/PrezzoTotale`]: '-100.00' };
    const note = { [`${general}/TipoDocumento`]: 'TD17', [`${supplier}/IdFiscaleIVA/IdPaese`]: 'FR' };
    const codes = (tax: string, total: string) =>
      codesOf('creditNote', { ...negative, ...note, ...withFigures('-100.25', tax, total) });
    assert.deepEqual(codes('-22.07', '-122.32'), []);
    assert.deepEqual(codes('-22.04', '-122.29'), ['00421']);
  });

  test('00421: the largest amounts are judged exactly', () => {
    const large = { [`${lines}[1]/PrezzoUnitario`]: '99999999999.99', [`${lines}[1]/PrezzoTotale`]: '99999999999.99' };
    const codes = (tax: string) =>
      codesOf('creditNote', {
        ...large,
        ...withFigures('99999999999.99', tax, ''),
        [`${general}/ImportoTotaleDocumento`]: undefined,
      });
    assert.deepEqual(codes('22000000000.01'), []);
    assert.deepEqual(codes('22000000000.02'), ['00421']);
  });

  test('00422: a taxable amount may be 1.00 off its lines, on either side', () => {
    assert.deepEqual(codesOf('creditNote', withFigures('101.00', '22.22', '123.22')), []);
    assert.deepEqual(codesOf('creditNote', withFigures('99.00', '21.78', '120.78')), []);
    assert.deepEqual(codesOf('creditNote', withFigures('101.01', '22.22', '123.23')), ['00422']);
    assert.deepEqual(codesOf('creditNote', withFigures('98.99', '21.78', '120.77')), ['00422']);
  });

  test('00422: funds and roundings of the summary belong to the sum', () => {
    const rounded = { ...withFigures('105.00', '23.10', '128.10'), [`${summary}[1]/Arrotondamento`]: '4.00000000' };
    assert.deepEqual(codesOf('creditNote', rounded), []);
    assert.deepEqual(codesOf('creditNote', { ...rounded, [`${summary}[1]/Arrotondamento`]: '3.99999999' }), ['00422']);
    assert.deepEqual(codesOf('fee', { [`${general}/DatiCassaPrevidenziale[1]/ImportoContributoCassa`]: '41.01' }), [
      '00422',
    ]);
  });

  test('00422: Natura does not matter, only the rate', () => {
    const swapped = { [`${summary}[1]/ImponibileImporto`]: '22.00', [`${summary}[2]/ImponibileImporto`]: '500.00' };
    assert.deepEqual(codesOf('flatRate', swapped), []);
  });

  test('00423: a total may be 0.01 off', () => {
    assert.deepEqual(codesOf('goods', { [`${lines}[1]/PrezzoTotale`]: '200.01' }), []);
    assert.deepEqual(codesOf('goods', { [`${lines}[1]/PrezzoTotale`]: '199.98' }), ['00423']);
  });

  test('00460: 400.00 is within the limit', () => {
    const row = `${body}/DatiBeniServizi[1]/Importo`;
    assert.deepEqual(codesOf('simplified', { [row]: '367.80' }), []);
    assert.deepEqual(codesOf('simplified', { [row]: '367.81' }), ['00460']);
  });

  test('the VAT of a simplified row may be 0.01 off, on either side of zero', () => {
    const row = `${body}/DatiBeniServizi[1]`;
    const codes = (gross: string, tax: string) =>
      codesOf('simplified', { [`${row}/Importo`]: gross, [`${row}/DatiIVA`]: { Imposta: tax, Aliquota: '22.00' } });
    assert.deepEqual(codes('100.00', '18.02'), []);
    assert.deepEqual(codes('100.00', '18.04'), []);
    assert.deepEqual(codes('100.00', '18.05'), ['ROW_VAT_DIFFERS']);
    assert.deepEqual(codes('-100.00', '-18.04'), []);
    assert.deepEqual(codes('-100.00', '-18.05'), ['ROW_VAT_DIFFERS']);
    assert.deepEqual(codes('99999999999.99', '18032786885.24'), ['00460']);
    assert.deepEqual(codes('99999999999.99', '18032786885.20'), ['00460', 'ROW_VAT_DIFFERS']);
  });

  test('attachments may take four fifths of what SdI takes', () => {
    const attached = (bytes: number) => codesOf('goods', { [`${body}/Allegati[1]/Attachment`]: 'A'.repeat(bytes) });
    assert.deepEqual(attached(4_194_304), []);
    assert.deepEqual(attached(4_194_305), ['ATTACHMENTS_LARGE']);
  });

  test('stamp duty begins above 77.47, and below zero there is none', () => {
    const row = `${body}/DatiBeniServizi[2]`;
    assert.deepEqual(codesOf('simplified', { [`${row}/Natura`]: 'N2.2', [`${row}/Importo`]: '77.47' }), []);
    const below = codesOf('simplified', { [`${row}/Natura`]: 'N2.2', [`${row}/Importo`]: '-100.00' });
    assert.ok(!below.includes('BOLLO_MISSING'), below.join());
  });
});

suite('what is let through', () => {
  test('today is no future', () => {
    assert.deepEqual(codesOf('export', { [`${general}/Data`]: '2026-03-31' }), []);
    assert.deepEqual(codesOf('export', { [`${general}/Data`]: '2026-03-31+01:00' }), []);
  });

  test('a linked invoice of the same day, or without a date', () => {
    const linked = `${body}/DatiGenerali/DatiFattureCollegate[1]/Data`;
    assert.deepEqual(codesOf('creditNote', { [linked]: '2026-03-02' }), []);
    assert.deepEqual(codesOf('creditNote', { [linked]: undefined }), []);
  });

  test('generic Natura before 2021', () => {
    const generic = { [`${lines}[1]/Natura`]: 'N3', [`${summary}[1]/Natura`]: 'N3' };
    assert.deepEqual(codesOf('export', { ...generic, [`${general}/Data`]: '2020-12-31' }), []);
    assert.deepEqual(codesOf('export', { ...generic, [`${general}/Data`]: '2021-01-01' }), ['00445', '00445']);
  });

  test('a credit note with the number of an invoice, and the same number in another year', () => {
    const second = 'FatturaElettronicaBody[2]/DatiGenerali/DatiGeneraliDocumento';
    assert.deepEqual(codesOf('lot', { [`${second}/Numero`]: '12', [`${second}/Data`]: '2025-12-31' }), []);
  });

  test('members of a VAT group invoice one another: same VAT number, another tax code', () => {
    const member = { IdPaese: 'IT', IdCodice: '12345678903' };
    const changes = { [`${customer}/IdFiscaleIVA`]: member, [`${customer}/CodiceFiscale`]: '02065431708' };
    assert.deepEqual(codesOf('goods', changes), []);
  });

  test('TD28 from San Marino', () => {
    const paper = { [`${general}/TipoDocumento`]: 'TD28', [`${supplier}/IdFiscaleIVA/IdPaese`]: 'SM' };
    assert.deepEqual(codesOf('servicesFromAbroad', paper), []);
  });

  test("a tax code that is not the other's VAT number, for a company may have both", () => {
    const apart = {
      [`${supplier}/CodiceFiscale`]: undefined,
      [`${customer}/IdFiscaleIVA`]: undefined,
      [`${customer}/CodiceFiscale`]: '02065431708',
    };
    assert.deepEqual(codesOf('goods', apart), []);
    assert.deepEqual(codesOf('exceededCeiling', apart), []);
    assert.deepEqual(codesOf('exceededCeiling', { ...apart, [`${customer}/CodiceFiscale`]: '12345678903' }), []);
  });

  test("a tax code that is the number of a foreign supplier's VAT", () => {
    const foreign = {
      [`${supplier}/IdFiscaleIVA/IdCodice`]: '12345678903',
      [`${customer}/IdFiscaleIVA`]: undefined,
      [`${customer}/CodiceFiscale`]: '12345678903',
    };
    assert.deepEqual(codesOf('servicesFromAbroad', foreign), ['00475']);
  });

  test('Livigno as the supplier of a self-invoice', () => {
    assert.deepEqual(codesOf('servicesFromAbroad', { [`${supplier}/IdFiscaleIVA/IdPaese`]: 'OO' }), []);
  });

  test('blanks around a tax id', () => {
    const blanks = {
      [`${supplier}/IdFiscaleIVA/IdCodice`]: '12345678903   ',
      [`${customer}/IdFiscaleIVA/IdCodice`]: ' 02065431708',
    };
    assert.deepEqual(codesOf('goods', blanks), []);
    assert.deepEqual(codesOf('goods', { [`${customer}/IdFiscaleIVA/IdCodice`]: '12345678903 ' }), ['00471']);
  });

  test('foreign tax ids of any form', () => {
    assert.deepEqual(codesOf('export', { [`${customer}/IdFiscaleIVA/IdCodice`]: 'ATU 00-x' }), []);
    assert.deepEqual(
      codesOf('goods', { [`${header}/DatiTrasmissione/IdTrasmittente`]: { IdPaese: 'SM', IdCodice: '1' } }),
      [],
    );
  });

  test('simplified invoices of the flat-rate scheme, and corrections, over 400 euro', () => {
    const row = { [`${body}/DatiBeniServizi[1]/Importo`]: '4000.00' };
    assert.deepEqual(codesOf('simplified', { ...row, [`${header}/CedentePrestatore/RegimeFiscale`]: 'RF19' }), []);
    assert.deepEqual(codesOf('simplifiedCreditNote', row), []);
  });

  test('totals with stamp duty, with a rounding, or without split VAT', () => {
    assert.deepEqual(codesOf('flatRate', { [`${general}/ImportoTotaleDocumento`]: '524.00' }), []);
    const rounding = { [`${general}/Arrotondamento`]: '-0.50', [`${general}/ImportoTotaleDocumento`]: '121.50' };
    assert.deepEqual(codesOf('creditNote', rounding), []);
    assert.deepEqual(codesOf('publicBody', { [`${general}/ImportoTotaleDocumento`]: '100.00' }), []);
  });

  test('payments net or gross of withholding, in parts or as alternatives', () => {
    assert.deepEqual(codesOf('fee', { [`${payment}[1]/ImportoPagamento`]: '1268.80' }), []);
    const way = (amount: string) => ({ ModalitaPagamento: 'MP05', ImportoPagamento: amount });
    assert.deepEqual(codesOf('goods', { [payment]: [way('149.00'), way('200.00')] }), []);
    assert.deepEqual(codesOf('goods', { [payment]: [way('349.00'), way('349.00')] }), []);
    assert.deepEqual(codesOf('goods', { [payment]: [way('0.00')] }), []);
    assert.deepEqual(codesOf('goods', { [payment]: [way('349.00'), way('200.00')] }), ['PAYMENT_DIFFERS']);
  });

  test('exempt documents that say why they bear no stamp duty', () => {
    const excused = { [`${lines}[1]/AltriDatiGestionali`]: [{ TipoDato: 'NB2' }] };
    assert.deepEqual(codesOf('flatRate', { [`${general}/DatiBollo`]: undefined, ...excused }), []);
  });

  test('simplified rows with Natura and no figures of VAT, and rows of no amount', () => {
    const row = `${body}/DatiBeniServizi[2]`;
    assert.deepEqual(codesOf('simplified', { [`${row}/DatiIVA`]: {} }), []);
    assert.deepEqual(codesOf('simplified', { [`${row}/DatiIVA`]: { Imposta: '0.00' } }), []);
    const note = { Descrizione: 'Nota', Importo: '0.00', DatiIVA: { Imposta: '0.00' } };
    assert.deepEqual(codesOf('simplified', { [row]: note }), []);
  });

  test('an advance, or a card payment, before the invoice', () => {
    const early = { [`${payment}[1]/DataScadenzaPagamento`]: '2026-03-01' };
    assert.deepEqual(codesOf('goods', { ...early, [`${payment}[1]/ModalitaPagamento`]: 'MP08' }), []);
    assert.deepEqual(codesOf('goods', { ...early, [`${body}/DatiPagamento[1]/CondizioniPagamento`]: 'TP03' }), []);
  });
});

suite('one cause is told once', () => {
  test('a line whose rate the summary lacks is 00419, not 00422 and 00443 besides', () => {
    assert.deepEqual(codesOf('goods', { [`${lines}[4]/AliquotaIVA`]: '4.00' }), ['00419', '00443']);
  });

  test('a missing Natura is not 00444 besides', () => {
    assert.deepEqual(codesOf('flatRate', { [`${lines}[2]/Natura`]: undefined }), ['00400']);
    assert.deepEqual(codesOf('flatRate', { [`${summary}[2]/Natura`]: undefined }), ['00429']);
  });

  test('another rate than 22.00 by its zeros is the same rate', () => {
    assert.deepEqual(codesOf('creditNote', { [`${lines}[1]/AliquotaIVA`]: '022.00' }), []);
  });
});

suite("the agency's dummies", () => {
  const dummy = { [`${supplier}/IdFiscaleIVA/IdCodice`]: '01234567890' };

  test('are errors by their own code', () => {
    const { format, document } = changed('goods', dummy);
    const [finding] = checkRules(document, format, context);
    assert.deepEqual([finding?.code, finding?.severity], ['00301', 'error']);
    assert.match(finding?.message.it ?? '', /sarebbe 01234567897\. È il numero degli esempi/);
  });

  test('are warnings of the same code where dummies are welcome', () => {
    const { format, document } = changed('goods', { ...dummy, [`${customer}/CodiceFiscale`]: '09876543210' });
    const findings = checkRules(document, format, { ...context, dummyTaxIds: 'warning' });
    assert.deepEqual(
      findings.map(({ code, severity }) => [code, severity]),
      [
        ['00301', 'warning'],
        ['00306', 'warning'],
      ],
    );
  });

  test('do not excuse other wrong numbers', () => {
    const wrong = { [`${supplier}/IdFiscaleIVA/IdCodice`]: '01234567891' };
    const { format, document } = changed('goods', wrong);
    assert.equal(checkRules(document, format, { ...context, dummyTaxIds: 'warning' })[0]?.severity, 'error');
  });
});

suite('findings', () => {
  test('name the body of a lot', () => {
    const number = 'FatturaElettronicaBody[3]/DatiGenerali/DatiGeneraliDocumento/Numero';
    const { format, document } = changed('lot', { [number]: 'A' });
    assert.deepEqual(
      checkRules(document, format, context).map(({ code, path, value }) => [code, path, value]),
      [['00425', number, 'A']],
    );
  });

  test('carry what they say, the case and the remedy in both languages', () => {
    const { format, document } = changed('creditNote', {
      [`${summary}[1]/Imposta`]: '24.00',
      [`${general}/ImportoTotaleDocumento`]: '124.00',
    });
    assert.deepEqual(checkRules(document, format, context), [
      {
        code: '00421',
        severity: 'error',
        path: `${summary}[1]/Imposta`,
        value: '24.00',
        message: {
          it: "L'imposta del riepilogo non è aliquota × imponibile (tolleranza 0,01). Con aliquota 22% su 100,00 l'imposta è 22,00, non 24,00.",
          en: 'The VAT of the summary is not rate × taxable amount (tolerance 0.01). 22% of 100.00 is 22.00, not 24.00.',
        },
        fix: {
          it: 'Scrivere 22.00 in Imposta, oppure correggere ImponibileImporto o AliquotaIVA.',
          en: 'Write 22.00 in Imposta, or correct ImponibileImporto or AliquotaIVA.',
        },
      },
    ]);
  });

  test('a note of variation over 400 euro that names no invoice is a warning', () => {
    const { format, document } = changed('simplifiedCreditNote', {
      [`${body}/DatiGenerali/DatiFatturaRettificata`]: undefined,
      [`${body}/DatiBeniServizi[1]/Importo`]: '4000.00',
    });
    assert.deepEqual(
      checkRules(document, format, context).map(({ code, severity }) => [code, severity]),
      [['00460', 'warning']],
    );
  });
});
