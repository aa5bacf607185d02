// receiver: documents that are right, as large as a test wants, and archives of them.
import { crc32 } from 'node:zlib';

function partyOf(tag: string, taxId: string, name: string, more = ''): string {
  return `<${tag}><DatiAnagrafici><IdFiscaleIVA><IdPaese>IT</IdPaese><IdCodice>${taxId}</IdCodice></IdFiscaleIVA>
<Anagrafica><Denominazione>${name}</Denominazione></Anagrafica>${more}</DatiAnagrafici><Sede><Indirizzo>Via Prova 1</Indirizzo>
<CAP>00100</CAP><Comune>Roma</Comune><Nazione>IT</Nazione></Sede></${tag}>`;
}

function bodyOf(number: string): string {
  return `<FatturaElettronicaBody><DatiGenerali><DatiGeneraliDocumento><TipoDocumento>TD01</TipoDocumento>
<Divisa>EUR</Divisa><Data>2025-11-22</Data><Numero>${number}</Numero><ImportoTotaleDocumento>122.00</ImportoTotaleDocumento>
</DatiGeneraliDocumento></DatiGenerali><DatiBeniServizi><DettaglioLinee><NumeroLinea>1</NumeroLinea>
<Descrizione>Riparazione</Descrizione><PrezzoUnitario>100.00</PrezzoUnitario><PrezzoTotale>100.00</PrezzoTotale>
<AliquotaIVA>22.00</AliquotaIVA></DettaglioLinee><DatiRiepilogo><AliquotaIVA>22.00</AliquotaIVA>
<ImponibileImporto>100.00</ImponibileImporto><Imposta>22.00</Imposta></DatiRiepilogo></DatiBeniServizi></FatturaElettronicaBody>`;
}

/**
 * Writes a lot that is right.
 * @param bodies how many; each takes some 800 bytes
 */
export function lotOf(bodies: number): string {
  const numbers = Array.from({ length: bodies }, (_, place) => `L/${place + 1}`);
  return `<?xml version="1.0" encoding="UTF-8"?><p:FatturaElettronica versione="FPR12"
 xmlns:p="http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2"><FatturaElettronicaHeader><DatiTrasmissione>
<IdTrasmittente><IdPaese>IT</IdPaese><IdCodice>01234567897</IdCodice></IdTrasmittente><ProgressivoInvio>1</ProgressivoInvio>
<FormatoTrasmissione>FPR12</FormatoTrasmissione><CodiceDestinatario>ABC1234</CodiceDestinatario></DatiTrasmissione>
${partyOf('CedentePrestatore', '01234567897', 'Caffè &amp; C. S.r.l.', '<RegimeFiscale>RF01</RegimeFiscale>')}
${partyOf('CessionarioCommittente', '07654321095', 'Bianchi S.p.A.')}</FatturaElettronicaHeader>
${numbers.map(bodyOf).join('')}</p:FatturaElettronica>`;
}

/** Writes a zip of files that are not packed (APPNOTE 6.3.10 §4.3). */
export function zipOf(files: Readonly<Record<string, string | Uint8Array>>): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, file] of Object.entries(files)) {
    const [label, bytes] = [Buffer.from(name), typeof file === 'string' ? Buffer.from(file) : file];
    const facts = Buffer.alloc(26);
    facts.writeUInt16LE(20, 0);
    facts.writeUInt32LE(crc32(bytes), 10);
    facts.writeUInt32LE(bytes.length, 14);
    facts.writeUInt32LE(bytes.length, 18);
    facts.writeUInt16LE(label.length, 22);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), facts, tail, label);
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), facts, label, bytes]);
    locals.push(local);
    offset += local.length;
  }
  const names = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  const count = Object.keys(files).length;
  end.writeUInt16LE(count, 4);
  end.writeUInt16LE(count, 6);
  end.writeUInt32LE(names.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...locals, names, Buffer.from('PK\x05\x06', 'latin1'), end]);
}
