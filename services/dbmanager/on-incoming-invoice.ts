// dbmanager: takes new invoices: judged outside, then stored, numbered, named and told of in one transaction per batch.
import type { EncodedEvent } from '@staffetta/flow/events.ts';
import type { FlowStep, Incoming, World } from '@staffetta/platform/service.ts';
import { setImmediate } from 'node:timers/promises';
import type { DbmanagerOptions } from './config.ts';
import { composeRequest } from './compose-request.ts';
import { readIssuers } from './fiscal-profiles.ts';
import { readIncoming, type Composing, type IncomingRequest } from './incoming-request.ts';
import { outcomeEvent, outgoingEvent, repeatedEvent, unsignedEvent, type Cause } from './invoice-events.ts';
import { noteTraces } from './invoice-traces.ts';
import { documentJson } from './invoice-value.ts';
import { readInvoices, type FullInvoiceView } from './invoice-views.ts';
import { judgingWith, type Judging } from './judging.ts';
import { keepReceived } from './keep-received.ts';
import type { LostNumbers } from './keep-numbers.ts';
import { storeInvoices, type StoredInvoice } from './store-invoices.ts';

/** Names what caused an event of ours. */
export function causeOf(event: Pick<Incoming<'incomingInvoice'>, 'eventId' | 'correlationId' | 'trace'>): Cause {
  return { eventId: event.eventId, correlationId: event.correlationId, trace: event.trace };
}

function storedEvents({ view, request, transmission }: StoredInvoice): EncodedEvent[] {
  const document = documentJson(view, request.bytes, request.text);
  const cause = causeOf(request.event);
  const outcome = outcomeEvent(view, document, cause);
  if (!transmission) return [outcome];
  const { signAs, ...file } = transmission;
  const next =
    signAs === null
      ? outgoingEvent(view, document, file, cause)
      : unsignedEvent(view, document, { ...file, format: signAs }, cause);
  return [outcome, next];
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

/** A batch of many documents is judged in stretches of about so many bytes, between which everything else has its turn. */
const stretchBytes = 262_144;

type Event = Incoming<'incomingInvoice'>;
type Reading = { readonly request: IncomingRequest } | { readonly failed: { event: Event; error: unknown } };

interface Understood {
  readonly requests: IncomingRequest[];
  readonly failed: { event: Event; error: unknown }[];
}

/** Never rejects: nobody listens yet while the rest of the batch is begun. */
async function understand(event: Event, judging: Judging, composing: Composing): Promise<Reading> {
  try {
    return { request: await readIncoming(event, judging, composing) };
  } catch (error) {
    return { failed: { event, error } };
  }
}

/** Understands a batch; what is judged aside is waited for together at the end. */
async function readAll(batch: readonly Event[], judging: Judging, composing: Composing): Promise<Understood> {
  const readings: Promise<Reading>[] = [];
  let bytes = 0;
  for (const event of batch) {
    if (bytes > stretchBytes) {
      await setImmediate();
      bytes = 0;
    }
    bytes += event.record.value.length;
    readings.push(understand(event, judging, composing));
  }
  const all = await Promise.all(readings);
  return {
    requests: all.flatMap((one) => ('request' in one ? [one.request] : [])),
    failed: all.flatMap((one) => ('failed' in one ? [one.failed] : [])),
  };
}

/** Who issues what came as JSON is read once for the whole batch. */
async function composingFor(
  batch: readonly Incoming<'incomingInvoice'>[],
  { store, clock }: World,
  options: DbmanagerOptions,
  judging: Judging,
): Promise<Composing> {
  const jsons = batch.filter(({ message }) => message.document !== undefined);
  const ids = new Set(jsons.map(({ message }) => message.customer.customerId));
  const issuers = ids.size === 0 ? undefined : await readIssuers(store, [...ids]);
  return (sent, customerId) => composeRequest(sent, issuers?.get(customerId), options, clock.now(), judging);
}

/**
 * Makes the step for `incomingInvoice`. What is stored already (the same invoice id, or the same request by ADR-0005) is told
 * again as repeated and changes nothing more.
 * @param world store, bus, clock and log
 * @param options validation and naming
 * @param judging how documents are judged; all at once by default
 */
export function takeInvoices(
  world: World,
  options: DbmanagerOptions,
  judging: Judging = judgingWith(options, world.clock),
): FlowStep<'incomingInvoice'> {
  return async (batch) => {
    const { requests, failed } = await readAll(batch, judging, await composingFor(batch, world, options, judging));
    if (requests.length === 0) return failed;
    const lost: LostNumbers = new Map();
    await world.store.transaction(async (tx) => {
      const at = world.clock.now();
      const { stored, repeats } = await storeInvoices(tx, requests, options, at, lost);
      await noteTraces(
        tx,
        stored.map(({ request: { invoiceId, event } }) => ({ invoiceId, trace: event.trace })),
      );
      const events = stored.flatMap(storedEvents);
      if (repeats.length > 0) {
        const views = await readInvoices(tx, [...new Set(repeats.map(({ invoiceId }) => invoiceId))]);
        for (const { request, invoiceId } of repeats) warnOfReuse(world, request, views.get(invoiceId));
        events.push(...repeatedEvents(repeats, views));
      }
      const fresh = stored.map(({ request }) => ({ request, invoiceId: request.invoiceId }));
      events.push(...(await keepReceived(tx, fresh, repeats, causeOf, at)));
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
