// journeys: small FatturaPA documents of our own making, and the contract's dummy.
import { randomInt } from 'node:crypto';

let count = 0;
const run = randomInt(1e8, 1e9);

/**
 * Makes a small document, right in itself and unlike any other.
 * @param changes.format FPR12 for a private customer (by default), FPA12 for a public body
 * @param changes.transmitter the transmitter's tax code, which begins the file's name to SdI
 * @param changes.padding bytes of a comment, to make it as large as wanted
 */
export function invoiceXml(
  changes: { format?: 'FPR12' | 'FPA12'; transmitter?: string; padding?: number } = {},
): string {
  count += 1;
  const { format = 'FPR12', transmitter = '01234567897', padding = 0 } = changes;
  const number = `J${run}/${count}`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<p:FatturaElettronica versione="${format}" xmlns:p="http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2">
  <FatturaElettronicaHeader>
    <DatiTrasmissione>
      <IdTrasmittente><IdPaese>IT</IdPaese><IdCodice>${transmitter}</IdCodice></IdTrasmittente>
      <ProgressivoInvio>${count}</ProgressivoInvio>
      <FormatoTrasmissione>${format}</FormatoTrasmissione>
      <CodiceDestinatario>${format === 'FPA12' ? 'ABC123' : 'ABC1234'}</CodiceDestinatario>
    </DatiTrasmissione>
    <CedentePrestatore>
      <DatiAnagrafici>
        <IdFiscaleIVA><IdPaese>IT</IdPaese><IdCodice>01234567897</IdCodice></IdFiscaleIVA>
        <Anagrafica><Denominazione>Caffè &amp; C. di prova</Denominazione></Anagrafica>
        <RegimeFiscale>RF01</RegimeFiscale>
      </DatiAnagrafici>
      <Sede>
        <Indirizzo>Via delle Prove 1</Indirizzo><CAP>00100</CAP><Comune>Roma</Comune><Provincia>RM</Provincia><Nazione>IT</Nazione>
      </Sede>
    </CedentePrestatore>
    <CessionarioCommittente>
      <DatiAnagrafici>
        <IdFiscaleIVA><IdPaese>IT</IdPaese><IdCodice>07654321095</IdCodice></IdFiscaleIVA>
        <Anagrafica><Denominazione>Bianchi S.p.A.</Denominazione></Anagrafica>
      </DatiAnagrafici>
      <Sede>
        <Indirizzo>Viale Lungo 7</Indirizzo><CAP>16121</CAP><Comune>Genova</Comune><Provincia>GE</Provincia><Nazione>IT</Nazione>
      </Sede>
    </CessionarioCommittente>
  </FatturaElettronicaHeader>
  <FatturaElettronicaBody>
    <DatiGenerali>
      <DatiGeneraliDocumento>
        <TipoDocumento>TD01</TipoDocumento><Divisa>EUR</Divisa><Data>2026-11-20</Data><Numero>${number}</Numero>
        <ImportoTotaleDocumento>12.20</ImportoTotaleDocumento>
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
  </FatturaElettronicaBody>
</p:FatturaElettronica>
${padding > 0 ? `<!--${'x'.repeat(Math.max(0, padding - 7))}-->` : ''}`;
}

/** The document of the contract's load tests: XML, but no invoice. */
export const dummyXml = '<xml>fattura di prova</xml>';
