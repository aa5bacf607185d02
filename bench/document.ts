// bench: the documents of the load, valid and each a little different.

function lines(seed: number): string {
  return Array.from({ length: 14 }, (_, index) => {
    const words = `Fornitura ${(seed * 7919 + index * 104_729).toString(36)} articolo ${index + 1} come da ordine ${seed}`;
    return `<DettaglioLinee><NumeroLinea>${index + 1}</NumeroLinea><CodiceArticolo><CodiceTipo>INT</CodiceTipo><CodiceValore>A${seed}-${index}</CodiceValore></CodiceArticolo><Descrizione>${words}</Descrizione><Quantita>2.00</Quantita><UnitaMisura>PZ</UnitaMisura><PrezzoUnitario>10.00</PrezzoUnitario><PrezzoTotale>20.00</PrezzoTotale><AliquotaIVA>22.00</AliquotaIVA></DettaglioLinee>`;
  }).join('\n      ');
}

function party(tag: string, taxId: string, name: string, more: string): string {
  return `<${tag}><DatiAnagrafici><IdFiscaleIVA><IdPaese>IT</IdPaese><IdCodice>${taxId}</IdCodice></IdFiscaleIVA><Anagrafica><Denominazione>${name}</Denominazione></Anagrafica>${more}</DatiAnagrafici><Sede><Indirizzo>Via del Carico 1</Indirizzo><CAP>00100</CAP><Comune>Roma</Comune><Provincia>RM</Provincia><Nazione>IT</Nazione></Sede></${tag}>`;
}

/**
 * Makes a valid FPR12 of about 7 KB.
 * @param seed tells it from all others; also its number
 */
export function benchDocument(seed: number): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<p:FatturaElettronica versione="FPR12" xmlns:p="http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2">
  <FatturaElettronicaHeader>
    <DatiTrasmissione><IdTrasmittente><IdPaese>IT</IdPaese><IdCodice>03123450672</IdCodice></IdTrasmittente><ProgressivoInvio>${seed.toString(36)}</ProgressivoInvio><FormatoTrasmissione>FPR12</FormatoTrasmissione><CodiceDestinatario>ABC1234</CodiceDestinatario></DatiTrasmissione>
    ${party('CedentePrestatore', '03123450672', 'Carico di Prova S.r.l.', '<RegimeFiscale>RF01</RegimeFiscale>')}
    ${party('CessionarioCommittente', '07654321095', 'Chi Riceve S.p.A.', '')}
  </FatturaElettronicaHeader>
  <FatturaElettronicaBody>
    <DatiGenerali><DatiGeneraliDocumento><TipoDocumento>TD01</TipoDocumento><Divisa>EUR</Divisa><Data>2026-11-20</Data><Numero>B${seed}</Numero><ImportoTotaleDocumento>341.60</ImportoTotaleDocumento></DatiGeneraliDocumento></DatiGenerali>
    <DatiBeniServizi>
      ${lines(seed)}
      <DatiRiepilogo><AliquotaIVA>22.00</AliquotaIVA><ImponibileImporto>280.00</ImponibileImporto><Imposta>61.60</Imposta><EsigibilitaIVA>I</EsigibilitaIVA></DatiRiepilogo>
    </DatiBeniServizi>
  </FatturaElettronicaBody>
</p:FatturaElettronica>
`;
}
