// journeys: small FatturaPA documents of our own making, and the contract's dummy.
import { randomInt } from 'node:crypto';

let count = 0;
const run = randomInt(1e8, 1e9);

/** What a document is to say instead of what it says by itself. */
export interface InvoiceChanges {
  /** FPR12 for a private customer (by default), FPA12 for a public body. */
  readonly format?: 'FPR12' | 'FPA12';
  /** The transmitter's tax code, which begins the file's name to SdI. */
  readonly transmitter?: string;
  /** Bytes of a comment, to make it as large as wanted. */
  readonly padding?: number;
  /** The document's number; one of its own by default. */
  readonly number?: string;
  /** `IT` and eleven digits, whose invoice it is. */
  readonly supplier?: string;
  /** `IT` and eleven digits, whom it is for. */
  readonly customer?: string;
  /** CodiceDestinatario. */
  readonly recipient?: string;
  /** Causale of each body: as many bodies as texts; one without by default. The sandbox's SdI obeys words in it. */
  readonly reasons?: readonly (string | undefined)[];
}

function vatBlock(vat: string): string {
  return `<IdFiscaleIVA><IdPaese>${vat.slice(0, 2)}</IdPaese><IdCodice>${vat.slice(2)}</IdCodice></IdFiscaleIVA>`;
}

function bodyXml(number: string, reason: string | undefined): string {
  const causale = reason === undefined ? '' : `<Causale>${reason}</Causale>`;
  return `  <FatturaElettronicaBody>
    <DatiGenerali>
      <DatiGeneraliDocumento>
        <TipoDocumento>TD01</TipoDocumento><Divisa>EUR</Divisa><Data>2026-11-20</Data><Numero>${number}</Numero>
        <ImportoTotaleDocumento>12.20</ImportoTotaleDocumento>${causale}
      </DatiGeneraliDocumento>
    </DatiGenerali>
    <DatiBeniServizi>
      <DettaglioLinee>
        <NumeroLinea>1</NumeroLinea><Descrizione>Riparazione</Descrizione><Quantita>1.00</Quantita>
        <PrezzoUnitario>10.00</PrezzoUnitario><PrezzoTotale>10.00</PrezzoTotale><AliquotaIVA>22.00</AliquotaIVA>
      </DettaglioLinee>
      <DatiRiepilogo>
        <AliquotaIVA>22.00</AliquotaIVA><ImponibileImporto>10.00</ImponibileImporto><Imposta>2.20</Imposta>
      </DatiRiepilogo>
    </DatiBeniServizi>
  </FatturaElettronicaBody>`;
}

/**
 * Makes a small document, right in itself and unlike any other.
 * @param changes what it is to say instead
 */
export function invoiceXml(changes: InvoiceChanges = {}): string {
  count += 1;
  const { format = 'FPR12', transmitter = '01234567897', padding = 0, reasons = [undefined] } = changes;
  const { supplier = 'IT01234567897', customer = 'IT07654321095' } = changes;
  const { number = `J${run}/${count}`, recipient = format === 'FPA12' ? 'ABC123' : 'ABC1234' } = changes;
  const bodies = reasons.map((reason, at) => bodyXml(at === 0 ? number : `${number}-${at + 1}`, reason));
  return `<?xml version="1.0" encoding="UTF-8"?>
<p:FatturaElettronica versione="${format}" xmlns:p="http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2">
  <FatturaElettronicaHeader>
    <DatiTrasmissione>
      <IdTrasmittente><IdPaese>IT</IdPaese><IdCodice>${transmitter}</IdCodice></IdTrasmittente>
      <ProgressivoInvio>${count}</ProgressivoInvio>
      <FormatoTrasmissione>${format}</FormatoTrasmissione>
      <CodiceDestinatario>${recipient}</CodiceDestinatario>
    </DatiTrasmissione>
    <CedentePrestatore>
      <DatiAnagrafici>
        ${vatBlock(supplier)}
        <Anagrafica><Denominazione>Caffè &amp; C. di prova</Denominazione></Anagrafica>
        <RegimeFiscale>RF01</RegimeFiscale>
      </DatiAnagrafici>
      <Sede>
        <Indirizzo>Via delle Prove 1</Indirizzo><CAP>00100</CAP><Comune>Roma</Comune><Provincia>RM</Provincia><Nazione>IT</Nazione>
      </Sede>
    </CedentePrestatore>
    <CessionarioCommittente>
      <DatiAnagrafici>
        ${vatBlock(customer)}
        <Anagrafica><Denominazione>Bianchi S.p.A.</Denominazione></Anagrafica>
      </DatiAnagrafici>
      <Sede>
        <Indirizzo>Viale Lungo 7</Indirizzo><CAP>16121</CAP><Comune>Genova</Comune><Provincia>GE</Provincia><Nazione>IT</Nazione>
      </Sede>
    </CessionarioCommittente>
  </FatturaElettronicaHeader>
${bodies.join('\n')}
</p:FatturaElettronica>
${padding > 0 ? `<!--${'x'.repeat(Math.max(0, padding - 7))}-->` : ''}`;
}

/** The document of the contract's load tests: XML, but no invoice. */
export const dummyXml = '<xml>fattura di prova</xml>';
