// dbmanager: documents and events for its tests, as the bus hands them over.
import { flows, type FlowName, type MessageOf } from '@staffetta/flow/flows.ts';
import type { IncomingInvoice } from '@staffetta/flow/messages.ts';
import type { ConsumedEvent } from '@staffetta/platform/bus/bus.ts';
import { uuidv7 } from '@staffetta/platform/ids.ts';
import type { Incoming } from '@staffetta/platform/service.ts';

/** Writes a document of one or more bodies. */
export function documentOf(numbers: readonly string[], idCodice = '01234567890', padding = ''): string {
  const bodies = numbers.map(
    (number) => `<FatturaElettronicaBody><DatiGenerali><DatiGeneraliDocumento><TipoDocumento>TD01</TipoDocumento>
<Divisa>EUR</Divisa><Data>2026-11-22</Data><Numero>${number}</Numero><ImportoTotaleDocumento>122.00</ImportoTotaleDocumento>
</DatiGeneraliDocumento></DatiGenerali>${padding}</FatturaElettronicaBody>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?><p:FatturaElettronica versione="FPR12"
 xmlns:p="http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2"><FatturaElettronicaHeader><DatiTrasmissione>
<IdTrasmittente><IdPaese>IT</IdPaese><IdCodice>${idCodice}</IdCodice></IdTrasmittente></DatiTrasmissione>
</FatturaElettronicaHeader>${bodies.join('')}</p:FatturaElettronica>`;
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
  return { flow, message, key, eventId, correlationId, causationId: undefined, traceparent: undefined, record };
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
