// receiver: what its tests share: a receiver in a world of its own, outcomes to feed it, an endpoint that answers as
// told.
import { encodeEvent } from '@staffetta/flow/events.ts';
import { eventHeaders, flows, type FlowName } from '@staffetta/flow/flows.ts';
import type { SavedInvoice } from '@staffetta/flow/messages.ts';
import type { ConsumedEvent } from '@staffetta/platform/bus/bus.ts';
import { readSettings } from '@staffetta/platform/config/settings.ts';
import { uuidv7 } from '@staffetta/platform/ids.ts';
import type { World } from '@staffetta/platform/service.ts';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { settings, type ReceiverSettings } from './config.ts';

/** Settings as a test wants them: quick retries, quick polls. */
export function quickSettings(environment: Record<string, string> = {}): ReceiverSettings {
  return readQuick(environment).values;
}

/** The same, with where they come from. */
export function readQuick(environment: Record<string, string>) {
  const quick = {
    CALLBACK_SCHEDULE: '0,30ms,30ms,30ms',
    CALLBACK_POLL: '20ms',
    CALLBACK_TIMEOUT: '2s',
    RECEIVER_WAITER_CHECK: '20ms',
  };
  return readSettings(settings, { ...quick, ...environment });
}

/** Waits until a fact holds. @throws Error with `what` after 20 s */
export async function eventually(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 20_000;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`It did not come true within 20 s: ${what}`);
    await sleep(10);
  }
}

/** A callback as an endpoint saw it. */
export interface SeenCallback {
  readonly headers: IncomingHttpHeaders;
  readonly body: SavedInvoice;
  readonly id: string;
}

/** A customer's endpoint. */
export interface Endpoint {
  readonly url: string;
  readonly seen: SeenCallback[];
  /** The ids of what it saw, in order. */
  ids(): string[];
  close(): Promise<void>;
}

/** What an endpoint answers: a status, or whatever it does with the answer itself. */
export type Behaviour = (seen: SeenCallback, answer: ServerResponse) => number | undefined;

/** Starts an endpoint on a port of its own. @param behave 200 where it says nothing else */
export async function startEndpoint(behave: Behaviour = () => 200): Promise<Endpoint> {
  const seen: SeenCallback[] = [];
  const server = createServer((request, answer) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as SavedInvoice;
      const one = { headers: request.headers, body, id: String(request.headers['webhook-id']) };
      seen.push(one);
      const status = behave(one, answer);
      if (status !== undefined) answer.writeHead(status).end('thanks');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`,
    seen,
    ids: () => seen.map((one) => one.id),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** What a test wants otherwise in an outcome. */
export interface OutcomeChanges {
  readonly invoiceId?: string;
  readonly sequence?: number;
  readonly causationId?: string;
  readonly headers?: Record<string, string>;
  readonly callback?: string;
  readonly text?: string;
}

/** An outcome as dbmanager would publish it. */
export function outcome(changes: OutcomeChanges = {}) {
  const { invoiceId = uuidv7(), sequence = 1, causationId, headers, callback, text = 'è' } = changes;
  const message: SavedInvoice = {
    invoiceId,
    sequence,
    invoiceNumber: 41,
    invoiceStatus: 'INTERNAL_INVOICE_TOBE_SENT',
    invoice: `<a>${text}</a>`,
    customer: { customerId: 2 },
    ...(callback !== undefined && { callback }),
    correlationId: `c-${invoiceId}`,
  };
  return encodeEvent('savedInvoice', invoiceId, Buffer.from(JSON.stringify(message)), {
    eventId: `${invoiceId}:${sequence}`,
    correlationId: `c-${invoiceId}`,
    ...(causationId !== undefined && { causationId }),
    ...(headers && { headers }),
  });
}

/** Reads a topic from its start into a list. */
export async function recordTopic(world: World, topic: string): Promise<ConsumedEvent[]> {
  const events: ConsumedEvent[] = [];
  await world.bus.ensureTopics([topic]);
  await world.bus.consume({
    group: `test-${uuidv7()}`,
    topic,
    batchMax: 100,
    retry: { tries: 1, delaysMs: [10], jitter: 0 },
    deadLetters: false,
    handle: async (batch) => void events.push(...batch),
  });
  return events;
}

/** Reads a flow's messages from its start into a list. */
export async function recordFlow(world: World, flow: FlowName): Promise<ConsumedEvent[]> {
  return recordTopic(world, flows[flow].topic);
}

/** A header of an event as text. */
export function header(event: ConsumedEvent | undefined, name: string): string | undefined {
  return event?.headers[name]?.toString();
}

/** The event's own id. */
export function eventIdOf(event: ConsumedEvent): string {
  return header(event, eventHeaders.eventId) ?? '';
}
