// fatturapa: what ordinary and simplified invoices have in common, laid out once for the checks.
import type { FatturaElettronica } from '../schema/ordinary.ts';
import type { FatturaElettronicaSemplificata } from '../schema/simplified.ts';

/** Country and code, as IdFiscaleIVA and IdTrasmittente have them. */
export interface TaxId {
  readonly IdPaese: string;
  readonly IdCodice: string;
}

/** A party by its tax ids, and the path of the block that holds them. */
export interface TaxSubject {
  readonly at: string;
  readonly IdFiscaleIVA?: TaxId | undefined;
  readonly CodiceFiscale?: string | undefined;
}

/** What says which document a body is. */
export interface General {
  readonly TipoDocumento: string;
  readonly Data: string;
  readonly Numero: string;
}

/** A body of either format. */
export interface AnyBody {
  readonly DatiGenerali: { readonly DatiGeneraliDocumento: General };
  readonly Allegati?: readonly { readonly NomeAttachment: string; readonly Attachment: string }[] | undefined;
}

/** The part of the document that stands once, in either format. */
export interface DocumentView {
  readonly versione: string;
  readonly transmission: {
    readonly IdTrasmittente: TaxId;
    readonly FormatoTrasmissione: string;
    readonly CodiceDestinatario: string;
    readonly PECDestinatario?: string | undefined;
  };
  readonly supplier: TaxSubject;
  /** The supplier's RegimeFiscale: RF19 is the flat-rate scheme. */
  readonly regime: string;
  readonly customer: TaxSubject;
  /** Whether the customer has a permanent establishment or a tax representative in Italy. */
  readonly isCustomerRepresented: boolean;
  /** Tax representatives of supplier and customer; their VAT numbers are Italian. */
  readonly representatives: readonly TaxSubject[];
  readonly bodies: readonly AnyBody[];
}

/** A body of either format with what stands around it. */
export interface BodyView {
  readonly document: DocumentView;
  readonly general: General;
}

/** Where DatiTrasmissione stands. */
export const transmissionAt = 'FatturaElettronicaHeader/DatiTrasmissione';

/** Where a body's own data stand, within the body. */
export const generalAt = 'DatiGenerali/DatiGeneraliDocumento';

const supplierAt = 'FatturaElettronicaHeader/CedentePrestatore';
const customerAt = 'FatturaElettronicaHeader/CessionarioCommittente';

function subject(at: string, ids: Omit<TaxSubject, 'at'> | undefined): TaxSubject[] {
  return ids ? [{ at, IdFiscaleIVA: ids.IdFiscaleIVA, CodiceFiscale: ids.CodiceFiscale }] : [];
}

/** Lays out an ordinary invoice. */
export function viewOfOrdinary(document: FatturaElettronica): DocumentView {
  const header = document.FatturaElettronicaHeader;
  const { CedentePrestatore: supplier, CessionarioCommittente: customer } = header;
  const { DatiAnagrafici: ofSupplier } = supplier;
  return {
    versione: document.versione,
    transmission: header.DatiTrasmissione,
    supplier: {
      at: `${supplierAt}/DatiAnagrafici`,
      IdFiscaleIVA: ofSupplier.IdFiscaleIVA,
      CodiceFiscale: ofSupplier.CodiceFiscale,
    },
    regime: ofSupplier.RegimeFiscale,
    customer: {
      at: `${customerAt}/DatiAnagrafici`,
      IdFiscaleIVA: customer.DatiAnagrafici.IdFiscaleIVA,
      CodiceFiscale: customer.DatiAnagrafici.CodiceFiscale,
    },
    isCustomerRepresented: Boolean(customer.StabileOrganizzazione ?? customer.RappresentanteFiscale),
    representatives: [
      ...subject(
        'FatturaElettronicaHeader/RappresentanteFiscale/DatiAnagrafici',
        header.RappresentanteFiscale?.DatiAnagrafici,
      ),
      ...subject(`${customerAt}/RappresentanteFiscale`, customer.RappresentanteFiscale),
    ],
    bodies: document.FatturaElettronicaBody,
  };
}

/** Lays out a simplified invoice. */
export function viewOfSimplified(document: FatturaElettronicaSemplificata): DocumentView {
  const header = document.FatturaElettronicaHeader;
  const { CedentePrestatore: supplier, CessionarioCommittente: customer } = header;
  const other = customer.AltriDatiIdentificativi;
  return {
    versione: document.versione,
    transmission: header.DatiTrasmissione,
    supplier: { at: supplierAt, IdFiscaleIVA: supplier.IdFiscaleIVA, CodiceFiscale: supplier.CodiceFiscale },
    regime: supplier.RegimeFiscale,
    customer: {
      at: `${customerAt}/IdentificativiFiscali`,
      IdFiscaleIVA: customer.IdentificativiFiscali.IdFiscaleIVA,
      CodiceFiscale: customer.IdentificativiFiscali.CodiceFiscale,
    },
    isCustomerRepresented: Boolean(other?.StabileOrganizzazione ?? other?.RappresentanteFiscale),
    representatives: [
      ...subject(`${supplierAt}/RappresentanteFiscale`, supplier.RappresentanteFiscale),
      ...subject(`${customerAt}/AltriDatiIdentificativi/RappresentanteFiscale`, other?.RappresentanteFiscale),
    ],
    bodies: document.FatturaElettronicaBody,
  };
}
