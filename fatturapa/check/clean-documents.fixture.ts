// fatturapa: documents without any finding, one for each kind of business, and a way to change them in one place.
import type { FatturaElettronica } from '../schema/ordinary.ts';
import type { FatturaElettronicaSemplificata } from '../schema/simplified.ts';
import type { Format, RuleContext } from './rule.ts';

type Header = FatturaElettronica['FatturaElettronicaHeader'];
type Body = FatturaElettronica['FatturaElettronicaBody'][number];
type General = Body['DatiGenerali']['DatiGeneraliDocumento'];
type Line = Body['DatiBeniServizi']['DettaglioLinee'][number];
type Summary = Body['DatiBeniServizi']['DatiRiepilogo'][number];
type Supplier = Header['CedentePrestatore'];
type Customer = Header['CessionarioCommittente'];

/** A document with its format. */
export interface CleanDocument {
  readonly format: Format;
  readonly document: FatturaElettronica | FatturaElettronicaSemplificata;
}

/** The day of the checks, and the profile that has no patience with dummies. */
export const context: RuleContext = { today: '2026-03-31', dummyTaxIds: 'error' };

const sede = { Indirizzo: 'Via Roma', NumeroCivico: '1', CAP: '00184', Comune: 'Roma', Provincia: 'RM', Nazione: 'IT' };
const sedeEstera = { Indirizzo: 'Hauptstr. 1', CAP: '00000', Comune: 'Berlin', Nazione: 'DE' };

const supplier: Supplier = {
  DatiAnagrafici: {
    IdFiscaleIVA: { IdPaese: 'IT', IdCodice: '12345678903' },
    CodiceFiscale: '12345678903',
    Anagrafica: { Denominazione: 'Alfa S.r.l.' },
    RegimeFiscale: 'RF01',
  },
  Sede: sede,
};

const customer: Customer = {
  DatiAnagrafici: {
    IdFiscaleIVA: { IdPaese: 'IT', IdCodice: '02065431708' },
    Anagrafica: { Denominazione: 'Beta S.p.A.' },
  },
  Sede: sede,
};

const publicBody: Customer = {
  DatiAnagrafici: { CodiceFiscale: '80012345676', Anagrafica: { Denominazione: 'Comune di Gamma' } },
  Sede: sede,
};

const professional: Supplier = {
  DatiAnagrafici: {
    IdFiscaleIVA: { IdPaese: 'IT', IdCodice: '07643520567' },
    CodiceFiscale: 'RSSMRA80A01H501U',
    Anagrafica: { Nome: 'Mario', Cognome: 'Rossi' },
    RegimeFiscale: 'RF01',
  },
  Sede: sede,
};

const foreignSupplier: Supplier = {
  DatiAnagrafici: {
    IdFiscaleIVA: { IdPaese: 'DE', IdCodice: '123456789' },
    Anagrafica: { Denominazione: 'Delta GmbH' },
    RegimeFiscale: 'RF18',
  },
  Sede: sedeEstera,
};

const foreignCustomer: Customer = {
  DatiAnagrafici: {
    IdFiscaleIVA: { IdPaese: 'DE', IdCodice: '123456789' },
    Anagrafica: { Denominazione: 'Delta GmbH' },
  },
  Sede: sedeEstera,
};

function header(format: 'FPA12' | 'FPR12', code: string, from = supplier, to = customer): Header {
  return {
    DatiTrasmissione: {
      IdTrasmittente: { IdPaese: 'IT', IdCodice: '01234567897' },
      ProgressivoInvio: '00001',
      FormatoTrasmissione: format,
      CodiceDestinatario: code,
    },
    // Copies, for a change in one party must not reach the other.
    CedentePrestatore: structuredClone(from),
    CessionarioCommittente: structuredClone(to),
  };
}

function general(type: General['TipoDocumento'], total: string, more: Partial<General> = {}): General {
  return {
    TipoDocumento: type,
    Divisa: 'EUR',
    Data: '2026-03-02',
    Numero: '12',
    ImportoTotaleDocumento: total,
    ...more,
  };
}

function line(number: number, price: string, rate: string, more: Partial<Line> = {}): Line {
  return {
    NumeroLinea: String(number),
    Descrizione: 'Consulenza',
    PrezzoUnitario: price,
    PrezzoTotale: price,
    AliquotaIVA: rate,
    ...more,
  };
}

function summary(rate: string, taxable: string, tax: string, more: Partial<Summary> = {}): Summary {
  return { AliquotaIVA: rate, ImponibileImporto: taxable, Imposta: tax, ...more };
}

type Parts = Omit<Body, 'DatiGenerali' | 'DatiBeniServizi'> & {
  readonly general?: Partial<Body['DatiGenerali']>;
};

function body(main: General, lines: Line[], summaries: Summary[], { general: more, ...rest }: Parts = {}): Body {
  return {
    DatiGenerali: { DatiGeneraliDocumento: main, ...more },
    DatiBeniServizi: { DettaglioLinee: lines, DatiRiepilogo: summaries },
    ...rest,
  };
}

function ordinary(head: Header, ...bodies: Body[]): CleanDocument {
  const format = head.DatiTrasmissione.FormatoTrasmissione;
  return {
    format,
    document: { versione: format, FatturaElettronicaHeader: head, FatturaElettronicaBody: bodies },
  };
}

function paid(amount: string, conditions: 'TP01' | 'TP02' = 'TP02'): NonNullable<Body['DatiPagamento']> {
  return [
    {
      CondizioniPagamento: conditions,
      DettaglioPagamento: [
        {
          ModalitaPagamento: 'MP05',
          DataScadenzaPagamento: '2026-04-30',
          ImportoPagamento: amount,
          IBAN: 'IT60X0542811101000000123456',
        },
      ],
    },
  ];
}

const goods = body(
  general('TD01', '349.00'),
  [
    line(1, '100.00', '22.00', { Quantita: '2.00', UnitaMisura: 'PZ', PrezzoTotale: '200.00' }),
    line(2, '33.33333333', '22.00', { Quantita: '3.00', PrezzoTotale: '100.00' }),
    line(3, '-50.00', '22.00', { TipoCessionePrestazione: 'SC' }),
    line(4, '12.50', '10.00', {
      Quantita: '4.00000000',
      ScontoMaggiorazione: [
        { Tipo: 'SC', Percentuale: '10.00' },
        { Tipo: 'SC', Importo: '1.25' },
        { Tipo: 'MG', Percentuale: '0.00', Importo: '0.00' },
      ],
      PrezzoTotale: '40.00',
    }),
  ],
  [
    summary('22.00', '250.00', '55.00', { EsigibilitaIVA: 'I' }),
    summary('10.00', '40.00', '4.00', { EsigibilitaIVA: 'I' }),
  ],
  {
    DatiPagamento: paid('349.00'),
    Allegati: [{ NomeAttachment: 'ordine.pdf', FormatoAttachment: 'PDF', Attachment: 'JVBERi0xLjQK' }],
  },
);
const fee = general('TD06', '1268.80', {
  DatiRitenuta: [{ TipoRitenuta: 'RT01', ImportoRitenuta: '200.00', AliquotaRitenuta: '20.00', CausalePagamento: 'A' }],
  DatiCassaPrevidenziale: [
    {
      TipoCassa: 'TC02',
      AlCassa: '4.00',
      ImportoContributoCassa: '40.00',
      ImponibileCassa: '1000.00',
      AliquotaIVA: '22.00',
    },
  ],
});

const linked = { DatiFattureCollegate: [{ IdDocumento: '11', Data: '2026-02-01' }] };
const stamp = { DatiBollo: { BolloVirtuale: 'SI', ImportoBollo: '2.00' } } as const;

function simplified(type: 'TD07' | 'TD08' | 'TD09', isCorrection: boolean): CleanDocument {
  const rettificata = { NumeroFR: '11', DataFR: '2026-02-01', ElementiRettificati: 'Reso della merce' };
  const document: FatturaElettronicaSemplificata = {
    versione: 'FSM10',
    FatturaElettronicaHeader: {
      DatiTrasmissione: {
        IdTrasmittente: { IdPaese: 'IT', IdCodice: '01234567897' },
        ProgressivoInvio: '00001',
        FormatoTrasmissione: 'FSM10',
        CodiceDestinatario: '0000000',
      },
      CedentePrestatore: {
        IdFiscaleIVA: { IdPaese: 'IT', IdCodice: '12345678903' },
        CodiceFiscale: '12345678903',
        Denominazione: 'Alfa S.r.l.',
        Sede: sede,
        RegimeFiscale: 'RF01',
      },
      CessionarioCommittente: {
        IdentificativiFiscali: { IdFiscaleIVA: { IdPaese: 'IT', IdCodice: '02065431708' } },
      },
    },
    FatturaElettronicaBody: [
      {
        DatiGenerali: {
          DatiGeneraliDocumento: { TipoDocumento: type, Divisa: 'EUR', Data: '2026-03-02', Numero: '12' },
          ...(isCorrection ? { DatiFatturaRettificata: rettificata } : {}),
        },
        DatiBeniServizi: [
          { Descrizione: 'Pranzo', Importo: '110.00', DatiIVA: { Aliquota: '10.00' } },
          { Descrizione: 'Imposta di soggiorno', Importo: '20.00', DatiIVA: { Aliquota: '0.00' }, Natura: 'N1' },
          { Descrizione: 'Parcheggio', Importo: '12.20', DatiIVA: { Imposta: '2.20' } },
        ],
      },
    ],
  };
  return { format: 'FSM10', document };
}

/** Documents that nothing is to be said about, by what they are. */
export const cleanDocuments = {
  goods: ordinary(header('FPR12', 'ABC1234'), goods),
  lot: ordinary(
    header('FPR12', '0000000'),
    body(general('TD01', '122.00'), [line(1, '100.00', '22.00')], [summary('22.00', '100.00', '22.00')]),
    body(
      general('TD01', '244.00', { Numero: '13' }),
      [line(1, '200.00', '22.00')],
      [summary('22.00', '200.00', '44.00')],
    ),
    body(general('TD04', '12.20'), [line(1, '10.00', '22.00')], [summary('22.00', '10.00', '2.20')]),
  ),
  publicBody: ordinary(
    header('FPA12', 'UFABC1', supplier, publicBody),
    body(
      general('TD01', '122.00'),
      [line(1, '100.00', '22.00')],
      [summary('22.00', '100.00', '22.00', { EsigibilitaIVA: 'S' })],
      {
        general: { DatiOrdineAcquisto: [{ IdDocumento: 'OA-7', CodiceCIG: 'Z123456789' }] },
        DatiPagamento: paid('100.00'),
      },
    ),
  ),
  creditNote: ordinary(
    header('FPR12', 'ABC1234'),
    body(general('TD04', '122.00'), [line(1, '100.00', '22.00')], [summary('22.00', '100.00', '22.00')], {
      general: linked,
    }),
  ),
  fee: ordinary(
    header('FPR12', 'ABC1234', professional),
    body(fee, [line(1, '1000.00', '22.00', { Ritenuta: 'SI' })], [summary('22.00', '1040.00', '228.80')], {
      DatiPagamento: paid('1068.80'),
    }),
  ),
  flatRate: ordinary(
    header('FPR12', 'ABC1234', {
      ...professional,
      DatiAnagrafici: { ...professional.DatiAnagrafici, RegimeFiscale: 'RF19' },
    }),
    body(
      general('TD01', '522.00', {
        ...stamp,
        DatiCassaPrevidenziale: [
          {
            TipoCassa: 'TC22',
            AlCassa: '4.00',
            ImportoContributoCassa: '20.00',
            AliquotaIVA: '0.00',
            Natura: 'N2.2',
          },
        ],
      }),
      [line(1, '500.00', '0.00', { Natura: 'N2.2' }), line(2, '2.00', '0.00', { Natura: 'N1' })],
      [summary('0.00', '520.00', '0.00', { Natura: 'N2.2' }), summary('0.00', '2.00', '0.00', { Natura: 'N1' })],
      { DatiPagamento: paid('522.00') },
    ),
  ),
  export: ordinary(
    header('FPR12', 'XXXXXXX', supplier, foreignCustomer),
    body(
      general('TD24', '1000.00'),
      [line(1, '1000.00', '0.00', { Natura: 'N3.2' })],
      [summary('0.00', '1000.00', '0.00', { Natura: 'N3.2' })],
    ),
  ),
  sanMarino: ordinary(
    header('FPR12', '2R4GTO8', supplier, {
      DatiAnagrafici: {
        IdFiscaleIVA: { IdPaese: 'SM', IdCodice: '12345' },
        Anagrafica: { Denominazione: 'Epsilon S.A.' },
      },
      Sede: { ...sede, CAP: '47890', Comune: 'San Marino', Nazione: 'SM' },
    }),
    body(
      general('TD01', '1000.00'),
      [line(1, '1000.00', '0.00', { Natura: 'N3.3' })],
      [summary('0.00', '1000.00', '0.00', { Natura: 'N3.3' })],
    ),
  ),
  reverseCharge: ordinary(
    header('FPR12', '0000000', professional),
    body(
      general('TD16', '122.00'),
      [line(1, '100.00', '22.00', { Natura: 'N6.3' })],
      [summary('22.00', '100.00', '22.00', { Natura: 'N6.3' })],
      { general: linked },
    ),
  ),
  servicesFromAbroad: ordinary(
    header('FPR12', '0000000', foreignSupplier),
    body(general('TD17', '122.00'), [line(1, '100.00', '22.00')], [summary('22.00', '100.00', '22.00')]),
  ),
  exceededCeiling: ordinary(
    header('FPR12', '0000000', supplier, { DatiAnagrafici: supplier.DatiAnagrafici, Sede: sede }),
    body(general('TD21', '122.00'), [line(1, '100.00', '22.00')], [summary('22.00', '100.00', '22.00')]),
  ),
  represented: ordinary(
    {
      ...header('FPR12', 'ABC1234', foreignSupplier),
      RappresentanteFiscale: {
        DatiAnagrafici: {
          IdFiscaleIVA: { IdPaese: 'IT', IdCodice: '01558670319' },
          CodiceFiscale: '01558670319',
          Anagrafica: { Denominazione: 'Zeta S.r.l.' },
        },
      },
    },
    body(
      general('TD01', '90.00', { ScontoMaggiorazione: [{ Tipo: 'SC', Percentuale: '10.00' }] }),
      [line(1, '100.00', '0.00', { Natura: 'N6.1' })],
      [summary('0.00', '100.00', '0.00', { Natura: 'N6.1' })],
    ),
  ),
  simplified: simplified('TD07', false),
  simplifiedCreditNote: simplified('TD08', true),
} as const satisfies Record<string, CleanDocument>;

/** The names of the clean documents. */
export type CleanName = keyof typeof cleanDocuments;

/** What stands at a path instead: a text, a block, or undefined for nothing. */
export type Changes = Readonly<Record<string, unknown>>;

/**
 * A clean document with something changed in it.
 * @param name which
 * @param changes path from the root (places from 1, as in findings) → what stands there now
 */
export function changed(name: CleanName, changes: Changes): CleanDocument {
  const { format, document } = cleanDocuments[name];
  const copy = structuredClone(document);
  for (const [path, value] of Object.entries(changes)) change(copy, path, value);
  return { format, document: copy };
}

function change(root: object, path: string, value: unknown): void {
  const steps = path.split('/').flatMap((step) => {
    const [, name = step, place] = /^(\w+)\[(\d+)\]$/.exec(step) ?? [];
    return place === undefined ? [name] : [name, String(Number(place) - 1)];
  });
  const last = steps.pop() ?? '';
  let at = root as Record<string, unknown>;
  for (const step of steps) {
    // A place beyond the end of a list, or a block that is not there, is made.
    at[step] ??= /^\d+$/.test(step) ? {} : [];
    at = at[step] as Record<string, unknown>;
  }
  if (value === undefined) delete at[last];
  else at[last] = value;
}
