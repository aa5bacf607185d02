// sandbox: an invoice of a made-up supplier, so that a newcomer sees what an incoming invoice looks like.
import type { FatturaElettronica } from '@staffetta/fatturapa/schema/ordinary.ts';
import { writeDocument } from '@staffetta/fatturapa/write/write-document.ts';
import { toRomeWallTime } from '@staffetta/platform/clock.ts';

/** What differs between two samples. */
export interface SampleWish {
  /** The mailbox that it is for, which the document names as the customer's. */
  readonly to: string;
  readonly at: Date;
  /** Makes the number, so that no two samples have the same. */
  readonly sequence: number;
  readonly format: 'FPR12' | 'FPA12';
  /** The customer's VAT number with its country; the revenue agency's own of the documentation by default. */
  readonly customer?: string;
}

type Header = FatturaElettronica['FatturaElettronicaHeader'];

const sede = {
  Indirizzo: 'Via delle Prove',
  NumeroCivico: '3',
  CAP: '00184',
  Comune: 'Roma',
  Provincia: 'RM',
  Nazione: 'IT',
};
const supplierId = { IdPaese: 'IT', IdCodice: '12345678903' };
const customerByDefault = 'IT01234567897';
const pecForm = /^[^\s@<>"']{1,100}@[A-Za-z0-9.-]{3,100}$/;

function headerOf({ format, to, sequence, customer = customerByDefault }: SampleWish): Header {
  const isPublic = format === 'FPA12';
  return {
    DatiTrasmissione: {
      IdTrasmittente: supplierId,
      ProgressivoInvio: sequence.toString(36).toUpperCase().slice(-10),
      FormatoTrasmissione: format,
      CodiceDestinatario: isPublic ? 'UFPRV1' : '0000000',
      ...(!isPublic && pecForm.test(to) && { PECDestinatario: to }),
    },
    CedentePrestatore: {
      DatiAnagrafici: {
        IdFiscaleIVA: supplierId,
        Anagrafica: { Denominazione: 'Fornitore di prova S.r.l.' },
        RegimeFiscale: 'RF01',
      },
      Sede: sede,
    },
    CessionarioCommittente: {
      DatiAnagrafici: {
        IdFiscaleIVA: { IdPaese: customer.slice(0, 2), IdCodice: customer.slice(2) },
        Anagrafica: { Denominazione: 'Cliente di prova' },
      },
      Sede: sede,
    },
  };
}

/**
 * Writes a sample invoice.
 * @param wish to whom, and when
 * @returns FatturaPA XML in UTF-8, not signed
 */
export function sampleInvoice(wish: SampleWish): Buffer {
  const day = toRomeWallTime(wish.at).slice(0, 10);
  const line = {
    Descrizione: 'Fornitura di prova',
    PrezzoUnitario: '100.00',
    PrezzoTotale: '100.00',
    AliquotaIVA: '22.00',
  };
  return writeDocument({
    versione: wish.format,
    FatturaElettronicaHeader: headerOf(wish),
    FatturaElettronicaBody: [
      {
        DatiGenerali: {
          DatiGeneraliDocumento: {
            TipoDocumento: 'TD01',
            Divisa: 'EUR',
            Data: day,
            Numero: `PROVA-${wish.sequence}`,
            ImportoTotaleDocumento: '122.00',
          },
        },
        DatiBeniServizi: {
          DettaglioLinee: [{ NumeroLinea: '1', ...line }],
          DatiRiepilogo: [{ AliquotaIVA: '22.00', ImponibileImporto: '100.00', Imposta: '22.00' }],
        },
      },
    ],
  });
}
