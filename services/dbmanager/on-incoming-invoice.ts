// dbmanager: takes new invoices: judged outside, then stored, numbered, named and told of in one transaction per batch.
import type { EncodedEvent } from '@staffetta/flow/events.ts';
import type { FlowStep, Incoming, World } from '@staffetta/platform/service.ts';
import type { DbmanagerOptions } from './config.ts';
import { readIncoming, type IncomingRequest } from './incoming-request.ts';
import { outcomeEvent, outgoingEvent, repeatedEvent, type Cause } from './invoice-events.ts';
import { documentJson } from './invoice-value.ts';
import { readInvoices, type FullInvoiceView } from './invoice-views.ts';
import { storeInvoices, type StoredInvoice } from './store-invoices.ts';

/** Names what caused an event of ours. */
export function causeOf(event: Pick<Incoming<'incomingInvoice'>, 'eventId' | 'correlationId' | 'traceparent'>): Cause {
  return { eventId: event.eventId, correlationId: event.correlationId, traceparent: event.traceparent };
}

function storedEvents({ view, request, transmission }: StoredInvoice): EncodedEvent[] {
  const document = documentJson(view, request.bytes, request.text);
  const cause = causeOf(request.event);
  const outcome = outcomeEvent(view, document, cause);
  return transmission ? [outcome, outgoingEvent(view, document, transmission, cause)] : [outcome];
}

function repeatedEvents(
  repeats: readonly { readonly request: IncomingRequest; readonly invoiceId: string }[],
  views: ReadonlyMap<string, FullInvoiceView>,
): EncodedEvent[] {
  return repeats.flatMap(({ request, invoiceId }) => {
    const view = views.get(invoiceId);
    return view ? [repeatedEvent(view, documentJson(view, view.bytes), causeOf(request.event))] : [];
  });
}

function readAll(batch: readonly Incoming<'incomingInvoice'>[], validation: DbmanagerOptions['validation']) {
  const requests: IncomingRequest[] = [];
  const failed: { event: Incoming<'incomingInvoice'>; error: unknown }[] = [];
  for (const event of batch) {
    try {
      requests.push(readIncoming(event, validation));
    } catch (error) {
      failed.push({ event, error });
    }
  }
  return { requests, failed };
}

/**
 * Makes the step for `incomingInvoice`. What is stored already (the same invoice id, or the same request by ADR-0005) is told
 * again as repeated and changes nothing more.
 * @param world store, bus, clock and log
 * @param options validation and naming
 */
export function takeInvoices(world: World, options: DbmanagerOptions): FlowStep<'incomingInvoice'> {
  return async (batch) => {
    const { requests, failed } = readAll(batch, options.validation);
    if (requests.length === 0) return failed;
    await world.store.transaction(async (tx) => {
      const { stored, repeats } = await storeInvoices(tx, requests, options, world.clock.now());
      const events = stored.flatMap(storedEvents);
      if (repeats.length > 0) {
        const views = await readInvoices(tx, [...new Set(repeats.map(({ invoiceId }) => invoiceId))]);
        for (const { request, invoiceId } of repeats) warnOfReuse(world, request, views.get(invoiceId));
        events.push(...repeatedEvents(repeats, views));
      }
      world.bus.publishIn(tx, events);
    });
    return failed;
  };
}

function warnOfReuse(world: World, request: IncomingRequest, view: FullInvoiceView | undefined): void {
  if (!view || view.bytes.equals(request.bytes)) return;
  const { correlationId } = request.event;
  world.log.warn({ correlationId, invoiceNumber: view.invoiceNumber }, 'invoice.keyReusedForAnotherDocument');
}
