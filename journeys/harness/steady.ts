// journeys: a steady load through one gateway or several, by a client that tries nothing again; and what came of each request.
import { randomUUID } from 'node:crypto';
import { request } from 'undici';
import { keys, type HubClient } from './client.ts';
import type { Estate } from './estate.ts';
import type { Flood } from './flood.ts';
import { invoiceXml } from './invoices.ts';
import { until } from './wait.ts';

/** What was asked and not answered as it should be. */
export interface Failure {
  readonly what: string;
  readonly answer: string;
}

/** A load that goes on until it is ended. */
export interface SteadyLoad {
  /** How many requests were answered so far, well or not. */
  answered(): number;
  failures(): readonly Failure[];
  /** Ends it, and gives what was accepted in the form in which floods are reckoned up. */
  end(): Promise<Flood>;
}

/** How a load is made. */
export interface SteadyOptions {
  /** How many requests at a time; 8 by default. */
  readonly atOnce?: number;
  /** The gateways, asked in turn; where one refuses the connection, or drops it before it says anything, the next one is asked. */
  readonly gateways?: readonly HubClient[];
}

const answerMsMax = 30_000;
let loads = 0;

interface Asked {
  readonly what: string;
  readonly path: string;
  readonly good: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

function posting(correlationId: string, callback: string): Asked {
  const body = JSON.stringify({ invoice: invoiceXml(), customer: { customerId: 2 }, callback });
  const headers = {
    'x-correlation-id': correlationId,
    'idempotency-key': correlationId,
    'content-type': 'application/json',
  };
  return { what: `POST ${correlationId}`, path: '/receiver/api/salvaFatturaInterna', good: 202, headers, body };
}

const reading: Asked = { what: 'GET invoices', path: '/dbmanager/api/invoices?size=1', good: 200, headers: {} };

/** Every request on a connection of its own: what a kept one does when its server leaves is between the two. */
async function askOnce(gateway: HubClient, { path, headers, body }: Asked) {
  const answer = await request(gateway.addressOf('gatewayserver') + path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { 'x-api-key': keys.platform, ...headers },
    headersTimeout: answerMsMax,
    reset: true,
    ...(body !== undefined && { body }),
  });
  return { status: answer.statusCode, text: await answer.body.text() };
}

/** Asks the gateways in turn, each once, as what stands before several of them does. */
async function ask(gateways: readonly HubClient[], first: number, asked: Asked): Promise<Failure | undefined> {
  let answer = '';
  for (let tried = 0; tried < gateways.length; tried += 1) {
    try {
      const { status, text } = await askOnce(gateways[(first + tried) % gateways.length]!, asked);
      if (status === asked.good) return undefined;
      return { what: asked.what, answer: `${status} ${text}` };
    } catch (error) {
      answer = String(error);
    }
  }
  return { what: asked.what, answer };
}

/**
 * Posts invoices, each with an Idempotency-Key, and reads lists, one of each in turn, until it is ended.
 * @param estate where
 * @param options how much, and by which gateways
 */
export function startSteadyLoad(
  { client, sandbox }: Estate,
  { atOnce = 8, gateways = [client] }: SteadyOptions = {},
): SteadyLoad {
  loads += 1;
  const story = `steady-${loads}`;
  const callback = sandbox.callbackUrl(story);
  const ids: string[] = [];
  const failures: Failure[] = [];
  let answered = 0;
  let isOver = false;
  const worker = async (_: unknown, index: number): Promise<void> => {
    for (let turn = index; !isOver; turn += 1) {
      const id = `${story}-${randomUUID()}`;
      const isPost = turn % 2 === 0;
      const failure = await ask(gateways, turn, isPost ? posting(id, callback) : reading);
      answered += 1;
      if (failure) failures.push(failure);
      else if (isPost) ids.push(id);
    }
  };
  const done = Promise.all(Array.from({ length: atOnce }, worker));
  done.catch(() => undefined);
  return {
    answered: () => answered,
    failures: () => failures,
    async end() {
      isOver = true;
      await done;
      return { story, ids, accepted: () => ids.length, done: Promise.resolve() };
    },
  };
}

/** Waits until a load has had so many more answers. */
export async function untilAnswered(load: SteadyLoad, more: number): Promise<void> {
  const wanted = load.answered() + more;
  await until(
    `${more} more answers`,
    async () => load.answered(),
    (count) => count >= wanted,
  );
}

/**
 * How many tries each instance of a service has had at a gateway, by outcome.
 * @param gateway which
 * @param service whose instances
 * @returns address → outcome → count
 */
export async function triesAt(gateway: HubClient, service: string): Promise<Map<string, Record<string, number>>> {
  const { text } = await gateway.ask('gatewayserver', { path: '/actuator/prometheus' });
  const found = new Map<string, Record<string, number>>();
  for (const line of text.split('\n')) {
    const labels = /^gateway_tries_total\{(.*)\} (\d+)/.exec(line);
    const label = (name: string): string => new RegExp(`${name}="([^"]*)"`).exec(labels?.[1] ?? '')?.[1] ?? '';
    if (!labels || label('upstream') !== service) continue;
    const instance = label('instance');
    found.set(instance, { ...found.get(instance), [label('outcome')]: Number(labels[2]) });
  }
  return found;
}
