// dbmanager: documents and events for its tests, as the bus hands them over.
import { flows, type FlowName, type MessageOf } from '@staffetta/flow/flows.ts';
import type { IncomingInvoice } from '@staffetta/flow/messages.ts';
import type { ConsumedEvent } from '@staffetta/platform/bus/bus.ts';
import { turnableClock } from '@staffetta/platform/clock.ts';
import { readSettings } from '@staffetta/platform/config/settings.ts';
import { uuidv7 } from '@staffetta/platform/ids.ts';
import type { Incoming } from '@staffetta/platform/service.ts';
import { dbmanagerOptions, settings } from './config.ts';
import { composeRequest } from './compose-request.ts';
import { readIncoming, type IncomingRequest } from './incoming-request.ts';
import { judgingWith } from './judging.ts';

const supplier = `<CedentePrestatore><DatiAnagrafici><IdFiscaleIVA><IdPaese>IT</IdPaese><IdCodice>01234567897</IdCodice>
</IdFiscaleIVA><Anagrafica><Denominazione>Caffè &amp; C. S.r.l.</Denominazione></Anagrafica><RegimeFiscale>RF01</RegimeFiscale>
</DatiAnagrafici><Sede><Indirizzo>Via Prova 1</Indirizzo><CAP>00100</CAP><Comune>Roma</Comune><Nazione>IT</Nazione></Sede>
</CedentePrestatore>`;
const buyer = `<CessionarioCommittente><DatiAnagrafici><IdFiscaleIVA><IdPaese>IT</IdPaese><IdCodice>07654321095</IdCodice>
</IdFiscaleIVA><Anagrafica><Denominazione>Bianchi S.p.A.</Denominazione></Anagrafica></DatiAnagrafici><Sede>
<Indirizzo>Viale Lungo 7</Indirizzo><CAP>16121</CAP><Comune>Genova</Comune><Nazione>IT</Nazione></Sede></CessionarioCommittente>`;

function bodyOf(number: string): string {
  return `<FatturaElettronicaBody><DatiGenerali><DatiGeneraliDocumento><TipoDocumento>TD01</TipoDocumento>
<Divisa>EUR</Divisa><Data>2025-11-22</Data><Numero>${number}</Numero><ImportoTotaleDocumento>122.00</ImportoTotaleDocumento>
</DatiGeneraliDocumento></DatiGenerali><DatiBeniServizi><DettaglioLinee><NumeroLinea>1</NumeroLinea>
<Descrizione>Riparazione</Descrizione><PrezzoUnitario>100.00</PrezzoUnitario><PrezzoTotale>100.00</PrezzoTotale>
<AliquotaIVA>22.00</AliquotaIVA></DettaglioLinee><DatiRiepilogo><AliquotaIVA>22.00</AliquotaIVA>
<ImponibileImporto>100.00</ImponibileImporto><Imposta>22.00</Imposta></DatiRiepilogo></DatiBeniServizi></FatturaElettronicaBody>`;
}

/**
 * Writes a document that is right, of one or more bodies.
 * @param numbers the number of each body
 * @param idCodice the Italian transmitter; one that fails its check digit is wrong (00300)
 */
export function documentOf(numbers: readonly string[], idCodice = '01234567897'): string {
  return `<?xml version="1.0" encoding="UTF-8"?><p:FatturaElettronica versione="FPR12"
 xmlns:p="http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2"><FatturaElettronicaHeader><DatiTrasmissione>
<IdTrasmittente><IdPaese>IT</IdPaese><IdCodice>${idCodice}</IdCodice></IdTrasmittente><ProgressivoInvio>1</ProgressivoInvio>
<FormatoTrasmissione>FPR12</FormatoTrasmissione><CodiceDestinatario>ABC1234</CodiceDestinatario></DatiTrasmissione>
${supplier}${buyer}</FatturaElettronicaHeader>${numbers.map(bodyOf).join('')}</p:FatturaElettronica>`;
}

/** Reads an incoming invoice with the service's defaults under profile dev. */
export function readNow(event: Incoming<'incomingInvoice'>): Promise<IncomingRequest> {
  const clock = turnableClock();
  const options = dbmanagerOptions(readSettings(settings, {}).values, 'dev');
  const judging = judgingWith(options, clock);
  return readIncoming(event, judging, (sent) => composeRequest(sent, undefined, options, clock.now(), judging));
}

let offset = 0n;

/** Makes an event of a flow as a step gets it. */
export function eventOf<F extends FlowName>(
  flow: F,
  key: string,
  message: MessageOf<F>,
  eventId = uuidv7(),
): Incoming<F> {
  const value = Buffer.from(JSON.stringify(message));
  const { topic } = flows[flow];
  offset += 1n;
  const record: ConsumedEvent = { topic, partition: 0, offset, key, value, headers: {}, timestamp: new Date() };
  const correlationId = (message as { correlationId?: string }).correlationId ?? eventId;
  return { flow, message, key, eventId, correlationId, causationId: undefined, trace: undefined, record };
}

/** Makes an incoming internal invoice of customer 2, changed as the test wants. */
export function incoming(changes: Partial<IncomingInvoice> = {}): Incoming<'incomingInvoice'> {
  const invoiceId = changes.invoiceId ?? uuidv7();
  const text = changes.file === undefined ? { invoice: documentOf(['1']) } : {};
  return eventOf('incomingInvoice', invoiceId, {
    invoiceStatus: 'INTERNAL_INVOICE_NEW',
    customer: { customerId: 2 },
    correlationId: `c-${invoiceId}`,
    createdBy: 'aruba',
    ...text,
    ...changes,
    invoiceId,
  });
}
