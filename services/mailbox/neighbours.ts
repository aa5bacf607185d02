// mailbox: the services that it hands things to, by HTTP: the receiver takes notices and invoices, the dbmanager knows whose an invoice is.
import type { Recipient } from '@staffetta/fatturapa/recipient-of.ts';
import { HubError } from '@staffetta/flow/errors.ts';
import type { ServiceName } from '@staffetta/flow/services.ts';
import { realTime } from '@staffetta/platform/clock.ts';
import { callerHeader, signCaller, type Role } from '@staffetta/platform/http/caller.ts';
import type { World } from '@staffetta/platform/service.ts';
import { calling } from '@staffetta/platform/telemetry/call-spans.ts';
import { createHash } from 'node:crypto';
import { request } from 'undici';
import type { MailboxSettings } from './config.ts';
import { storableText } from '@staffetta/platform/store/storable-text.ts';

/** What a neighbour answered about one thing. */
export type Reply =
  | { readonly outcome: 'taken'; readonly body: unknown }
  /** It will never be taken as it is. */
  | { readonly outcome: 'refused'; readonly status: number; readonly words: string }
  /** The neighbour failed at this very thing; another time it may go. */
  | { readonly outcome: 'failed'; readonly words: string };

/** A question to a neighbour. */
interface Call {
  readonly service: ServiceName;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly role: Role;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
}

/** Statuses that say nothing about what was sent: the neighbour, or what it leans on, is away; or our signature is not believed. */
const awayStatuses = new Set([401, 403, 408, 425, 429, 502, 503, 504]);

interface ErrorAnswer {
  readonly errorMessage?: unknown;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function wordsIn(body: unknown, status: number): string {
  const words = (body as ErrorAnswer | undefined)?.errorMessage;
  return typeof words === 'string' ? storableText(words, 2000) : `It answered ${status}.`;
}

function replyOf(service: ServiceName, status: number, text: string): Reply {
  const body = parsed(text);
  if (status >= 200 && status < 300) return { outcome: 'taken', body };
  const words = wordsIn(body, status);
  if (awayStatuses.has(status)) throw new HubError('SERVICE_AWAY', `The ${service} answers ${status}: ${words}`);
  return status >= 500 ? { outcome: 'failed', words } : { outcome: 'refused', status, words };
}

/** SdI's ids are digits; of what somebody made up, a header takes the hash. */
function headerForm(sdiId: string): string {
  return /^[\x21-\x7e]{1,200}$/.test(sdiId) ? sdiId : createHash('sha256').update(sdiId).digest('hex');
}

/** A file of notices on its way to the receiver. */
export interface NoticeToHand {
  readonly bytes: Uint8Array;
  readonly name?: string;
  /** ISO 8601 in UTC. */
  readonly certifiedAt?: string;
}

function queryOf({ name, certifiedAt }: NoticeToHand): string {
  const known = { ...(name !== undefined && { fileName: name }), ...(certifiedAt !== undefined && { certifiedAt }) };
  const query = new URLSearchParams(known).toString();
  return query === '' ? '' : `?${query}`;
}

type NeighbourValues = Pick<MailboxSettings, 'handOverTimeoutMs'>;

/** Calls the neighbours. */
export class Neighbours {
  readonly #world: World;
  readonly #values: NeighbourValues;

  /**
   * @param world addresses, secret and clock
   * @param values how long an answer may take; read at each call
   */
  constructor(world: World, values: NeighbourValues) {
    this.#world = world;
    this.#values = values;
  }

  /**
   * Hands a file of notices to the receiver.
   * @param file its exact bytes, its name, and when its mail was certified
   * @param correlationId the same whenever it is handed over again
   * @throws HubError SERVICE_AWAY
   */
  handNotice(file: NoticeToHand, correlationId: string): Promise<Reply> {
    const query = queryOf(file);
    const headers = { 'content-type': mediaTypeOf(file.bytes), 'x-correlation-id': correlationId };
    return this.#call({
      service: 'receiver',
      method: 'POST',
      path: `/api/notificaSdI${query}`,
      role: 'SDI',
      headers,
      body: file.bytes,
    });
  }

  /**
   * Hands an incoming invoice to the receiver.
   * @param body as the receiver wants it
   * @param sdiId IdentificativoSdI, by which it is the same one whenever it is handed over again
   * @param correlationId for the trail
   * @throws HubError SERVICE_AWAY
   */
  handInvoice(body: Readonly<Record<string, unknown>>, sdiId: string, correlationId: string): Promise<Reply> {
    return this.#call({
      service: 'receiver',
      method: 'POST',
      path: '/api/salvaFatturaEsterna',
      role: 'ARUBA',
      headers: {
        'content-type': 'application/json',
        'x-correlation-id': correlationId,
        'idempotency-key': `sdi:${headerForm(sdiId)}`,
      },
      body: JSON.stringify(body),
    });
  }

  /**
   * Asks the dbmanager whose an invoice is.
   * @param recipient what the invoice says of it
   * @returns 404 for nobody, 409 for several customers, as `refused`
   * @throws HubError SERVICE_AWAY
   */
  findRecipient(recipient: Recipient): Promise<Reply> {
    const query = new URLSearchParams(Object.entries(recipient)).toString();
    return this.#call({
      service: 'dbmanager',
      method: 'GET',
      path: `/api/recipients?${query}`,
      role: 'ARUBA',
      headers: {},
    });
  }

  /**
   * Tells whether the receiver would take something right now.
   * @returns false too where it does not answer
   */
  async isReceiverReady(): Promise<boolean> {
    try {
      const address = `${this.#world.addressOf('receiver')}/actuator/health/readiness`;
      const answer = await request(address, {
        headersTimeout: this.#values.handOverTimeoutMs,
        bodyTimeout: this.#values.handOverTimeoutMs,
      });
      await answer.body.dump();
      return answer.statusCode === 200;
    } catch {
      return false;
    }
  }

  async #call({ service, method, path, role, headers, body }: Call): Promise<Reply> {
    const caller = { name: 'mailbox', roles: [role] };
    const signed = signCaller(this.#world.callerSecret, caller, realTime(this.#world.clock));
    let status: number;
    let text: string;
    try {
      const [route = ''] = path.split('?');
      const answer = await calling({ service: 'mailbox', to: service, method, route }, (trace) =>
        request(`${this.#world.addressOf(service)}${path}`, {
          method,
          headers: { ...headers, ...trace, [callerHeader]: signed },
          ...(body !== undefined && { body }),
          headersTimeout: this.#values.handOverTimeoutMs,
          bodyTimeout: this.#values.handOverTimeoutMs,
        }),
      );
      status = answer.statusCode;
      text = await answer.body.text();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new HubError('SERVICE_AWAY', `The ${service} does not answer: ${why}.`, error);
    }
    return replyOf(service, status, text);
  }
}

/** The receiver tells by the bytes what it gets; the type only has to be one that it takes. */
function mediaTypeOf(bytes: Uint8Array): string {
  const start = Buffer.from(bytes.subarray(0, 64)).toString('latin1');
  if (start.startsWith('PK')) return 'application/zip';
  return start.includes('<') ? 'application/xml' : 'application/pkcs7-mime';
}
