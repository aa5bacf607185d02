// fatturapa: an invoice that has one of everything, for the tests of its showing.
import type { LooseOrdinary, LooseSimplified, ShownDocument } from './loose.ts';

const address = {
  Indirizzo: 'Via Po',
  NumeroCivico: '7',
  CAP: '10121',
  Comune: 'Torino',
  Provincia: 'TO',
  Nazione: 'IT',
};

/** An ordinary document with every block; its figures need not agree. */
export const fullInvoice: LooseOrdinary = {
  versione: 'FPR12',
  SistemaEmittente: 'GEST1',
  FatturaElettronicaHeader: {
    DatiTrasmissione: {
      IdTrasmittente: { IdPaese: 'IT', IdCodice: '01234567890' },
      ProgressivoInvio: '00042',
      FormatoTrasmissione: 'FPR12',
      CodiceDestinatario: '0000000',
      ContattiTrasmittente: { Telefono: '0110000001', Email: 'invio@example.it' },
      PECDestinatario: 'cliente@pec.example.it',
    },
    CedentePrestatore: {
      DatiAnagrafici: {
        IdFiscaleIVA: { IdPaese: 'IT', IdCodice: '01234567897' },
        CodiceFiscale: 'RSSMRA80A01L219M',
        Anagrafica: { Nome: 'Mario', Cognome: 'Rossi', Titolo: 'Ing.', CodEORI: 'IT123456789012345' },
        AlboProfessionale: 'Ordine degli ingegneri',
        ProvinciaAlbo: 'TO',
        NumeroIscrizioneAlbo: '123A',
        DataIscrizioneAlbo: '2005-03-01',
        RegimeFiscale: 'RF01',
      },
      Sede: address,
      StabileOrganizzazione: { ...address, Indirizzo: 'Corso Francia' },
      IscrizioneREA: {
        Ufficio: 'TO',
        NumeroREA: '998877',
        CapitaleSociale: '10000.00',
        SocioUnico: 'SU',
        StatoLiquidazione: 'LN',
      },
      Contatti: { Telefono: '0110000002', Fax: '0110000003', Email: 'rossi@example.it' },
      RiferimentoAmministrazione: 'AMM-1',
    },
    RappresentanteFiscale: {
      DatiAnagrafici: {
        IdFiscaleIVA: { IdPaese: 'IT', IdCodice: '11111111115' },
        Anagrafica: { Denominazione: 'Rappresentante Srl' },
      },
    },
    CessionarioCommittente: {
      DatiAnagrafici: { CodiceFiscale: '09876543217', Anagrafica: { Denominazione: 'Bianchi & Figli SpA' } },
      Sede: { ...address, Comune: 'Milano', Provincia: 'MI' },
      RappresentanteFiscale: {
        IdFiscaleIVA: { IdPaese: 'IT', IdCodice: '22222222220' },
        Denominazione: 'Tutore Srl',
      },
    },
    TerzoIntermediarioOSoggettoEmittente: {
      DatiAnagrafici: { Anagrafica: { Denominazione: 'Studio Emittente' } },
    },
    SoggettoEmittente: 'TZ',
  },
  FatturaElettronicaBody: [
    {
      DatiGenerali: {
        DatiGeneraliDocumento: {
          TipoDocumento: 'TD06',
          Divisa: 'EUR',
          Data: '2026-11-22',
          Numero: 'A/123',
          DatiRitenuta: [
            { TipoRitenuta: 'RT01', ImportoRitenuta: '200.00', AliquotaRitenuta: '20.00', CausalePagamento: 'A' },
          ],
          DatiBollo: { BolloVirtuale: 'SI', ImportoBollo: '2.00' },
          DatiCassaPrevidenziale: [
            {
              TipoCassa: 'TC04',
              AlCassa: '4.00',
              ImportoContributoCassa: '40.00',
              ImponibileCassa: '1000.00',
              AliquotaIVA: '22.00',
              Ritenuta: 'SI',
            },
          ],
          ScontoMaggiorazione: [{ Tipo: 'SC', Importo: '15.00' }],
          ImportoTotaleDocumento: '1268.80',
          Arrotondamento: '-0.01',
          Causale: ['Progetto esecutivo', 'Seconda riga'],
          Art73: 'SI',
        },
        DatiOrdineAcquisto: [
          {
            RiferimentoNumeroLinea: ['1', '2'],
            IdDocumento: 'ORD-9',
            Data: '2026-10-01',
            NumItem: '5',
            CodiceCommessaConvenzione: 'COMM-7',
            CodiceCUP: 'CUP1234567',
            CodiceCIG: 'CIG7654321',
          },
        ],
        DatiContratto: [{ IdDocumento: 'CTR-1' }],
        DatiConvenzione: [{ IdDocumento: 'CNV-1' }],
        DatiRicezione: [{ IdDocumento: 'RIC-1' }],
        DatiFattureCollegate: [{ IdDocumento: 'FT-OLD', Data: '2026-09-30' }],
        DatiSAL: [{ RiferimentoFase: '3' }],
        DatiDDT: [{ NumeroDDT: 'DDT-55', DataDDT: '2026-11-02', RiferimentoNumeroLinea: ['1'] }],
        DatiTrasporto: {
          DatiAnagraficiVettore: {
            IdFiscaleIVA: { IdPaese: 'IT', IdCodice: '24681012141' },
            Anagrafica: { Denominazione: 'Trasporti Veloci' },
            NumeroLicenzaGuida: 'LIC-8',
          },
          MezzoTrasporto: 'Camion',
          CausaleTrasporto: 'Vendita',
          NumeroColli: '12',
          UnitaMisuraPeso: 'kg',
          PesoLordo: '1050.50',
          DataOraRitiro: '2026-11-02T08:30:00',
          TipoResa: 'DAP',
          IndirizzoResa: { ...address, Indirizzo: 'Via Resa' },
        },
        FatturaPrincipale: { NumeroFatturaPrincipale: 'PRINC-1', DataFatturaPrincipale: '2026-11-01' },
      },
      DatiBeniServizi: {
        DettaglioLinee: [
          {
            NumeroLinea: '1',
            CodiceArticolo: [{ CodiceTipo: 'EAN', CodiceValore: '8001234567890' }],
            Descrizione: 'Progettazione strutturale',
            Quantita: '1250.00',
            UnitaMisura: 'ore',
            DataInizioPeriodo: '2026-10-01',
            DataFinePeriodo: '2026-10-31',
            PrezzoUnitario: '0.80000000',
            ScontoMaggiorazione: [
              { Tipo: 'SC', Percentuale: '10.00' },
              { Tipo: 'MG', Importo: '2.50' },
            ],
            PrezzoTotale: '1000.00',
            AliquotaIVA: '22.00',
            Ritenuta: 'SI',
            RiferimentoAmministrazione: 'RIF-L',
            AltriDatiGestionali: [
              { TipoDato: 'INTENTO', RiferimentoTesto: '08060120341234567-000001', RiferimentoData: '2026-01-10' },
            ],
          },
          {
            NumeroLinea: '2',
            TipoCessionePrestazione: 'AC',
            Descrizione: 'Spese anticipate',
            PrezzoUnitario: '15.00',
            PrezzoTotale: '15.00',
            AliquotaIVA: '0.00',
            Natura: 'N1',
          },
        ],
        DatiRiepilogo: [
          { AliquotaIVA: '22.00', ImponibileImporto: '1040.00', Imposta: '228.80', EsigibilitaIVA: 'S' },
          {
            AliquotaIVA: '0.00',
            Natura: 'N1',
            ImponibileImporto: '15.00',
            Imposta: '0.00',
            RiferimentoNormativo: 'Art. 15 DPR 633/72',
          },
        ],
      },
      DatiVeicoli: { Data: '2026-05-01', TotalePercorso: '120 km' },
      DatiPagamento: [
        {
          CondizioniPagamento: 'TP01',
          DettaglioPagamento: [
            {
              Beneficiario: 'Mario Rossi',
              ModalitaPagamento: 'MP05',
              DataRiferimentoTerminiPagamento: '2026-11-22',
              GiorniTerminiPagamento: '30',
              DataScadenzaPagamento: '2026-12-22',
              ImportoPagamento: '840.00',
              IstitutoFinanziario: 'Banca di Prova',
              IBAN: 'IT60X0542811101000000123456',
              BIC: 'BPCVIT2S',
              ScontoPagamentoAnticipato: '5.00',
              DataLimitePagamentoAnticipato: '2026-12-01',
              CodicePagamento: 'PAG-1',
            },
          ],
        },
      ],
      Allegati: [
        {
          NomeAttachment: '../relazione.pdf',
          FormatoAttachment: 'PDF',
          DescrizioneAttachment: 'Relazione tecnica',
          Attachment: Buffer.from('%PDF-1.4 relazione').toString('base64'),
        },
      ],
    },
  ],
};

/** A simplified document that corrects another. */
export const simplifiedInvoice: LooseSimplified = {
  versione: 'FSM10',
  FatturaElettronicaHeader: {
    DatiTrasmissione: { FormatoTrasmissione: 'FSM10', CodiceDestinatario: 'ABC1234' },
    CedentePrestatore: {
      IdFiscaleIVA: { IdPaese: 'IT', IdCodice: '01234567897' },
      Denominazione: 'Bar Centrale',
      Sede: address,
      RegimeFiscale: 'RF19',
    },
    CessionarioCommittente: { IdentificativiFiscali: { CodiceFiscale: 'RSSMRA80A01L219M' } },
  },
  FatturaElettronicaBody: [
    {
      DatiGenerali: {
        DatiGeneraliDocumento: {
          TipoDocumento: 'TD08',
          Divisa: 'EUR',
          Data: '2026-11-22',
          Numero: '7',
          BolloVirtuale: 'SI',
        },
        DatiFatturaRettificata: { NumeroFR: '6', DataFR: '2026-11-20', ElementiRettificati: 'Quantità errata' },
      },
      DatiBeniServizi: [
        { Descrizione: 'Pranzo', Importo: '10.10', DatiIVA: { Aliquota: '10.00' } },
        { Descrizione: 'Rivista', Importo: '20.20', DatiIVA: { Imposta: '0.00' }, Natura: 'N5' },
      ],
    },
  ],
};

/** The ordinary one, ready to be shown. */
export const shownInvoice: ShownDocument = { kind: 'ordinary', document: fullInvoice };
/** The simplified one, ready to be shown. */
export const shownSimplified: ShownDocument = { kind: 'simplified', document: simplifiedInvoice };

/** The ordinary one with so many bodies. */
export function lotOf(count: number): ShownDocument {
  const [body = {}] = fullInvoice.FatturaElettronicaBody ?? [];
  return {
    kind: 'ordinary',
    document: { ...fullInvoice, FatturaElettronicaBody: Array.from({ length: count }, () => body) },
  };
}

/** The ordinary one with so many lines. */
export function longInvoice(lines: number): ShownDocument {
  const [body = {}] = fullInvoice.FatturaElettronicaBody ?? [];
  const [line = {}] = body.DatiBeniServizi?.DettaglioLinee ?? [];
  const DettaglioLinee = Array.from({ length: lines }, (_, at) => ({ ...line, NumeroLinea: String(at + 1) }));
  const DatiBeniServizi = { ...body.DatiBeniServizi, DettaglioLinee };
  return { kind: 'ordinary', document: { ...fullInvoice, FatturaElettronicaBody: [{ ...body, DatiBeniServizi }] } };
}
