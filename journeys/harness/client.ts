// journeys: a customer's software and an operator's tools, which know the hub by HTTP only.
import { services, type ServiceName } from '@staffetta/flow/services.ts';
import type { Finding } from '@staffetta/flow/messages.ts';
import type { InvoiceStatus } from '@staffetta/flow/statuses.ts';
import { randomUUID } from 'node:crypto';
import { request } from 'undici';
import { invoiceXml } from './invoices.ts';

/** The two keys of profile dev. */
export const keys = { platform: 'aruba-secret-token', sdi: 'sdi-secret-token' } as const;

/** An answer, with its body as JSON where it is. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly json: unknown;
}

/** A request to one of the services. */
export interface Ask {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** As the service itself knows it; the gateway's first segment is added where it goes through the gateway. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** The API key; none where it is null. */
  readonly key?: string | null;
  /** Straight to the service instead of through the gateway. */
  readonly direct?: boolean;
}

/** How an invoice is posted; what is not given is left out of the request. */
export interface Posting {
  readonly document?: string | Buffer;
  readonly kind?: 'internal' | 'external';
  readonly customerId?: number;
  readonly callback?: string;
  readonly correlationId?: string;
  readonly idempotencyKey?: string;
  readonly fileName?: string;
  /** As raw bytes instead of JSON. */
  readonly raw?: boolean;
  readonly direct?: boolean;
  /** Another API key than the platform's. */
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A notice of SdI as dbmanager's REST shows it. */
export interface ShownNotice {
  readonly noticeId: string;
  readonly kind: string;
  readonly sdiId: string;
  readonly doubt?: string;
  readonly words: { readonly it: readonly string[]; readonly en: readonly string[] };
}

/** An invoice as dbmanager's REST shows it, as far as the stories look. */
export interface Invoice {
  readonly invoiceNumber: number;
  readonly invoiceStatus: InvoiceStatus;
  readonly invoiceId: string;
  readonly invoice?: string;
  readonly file?: string;
  readonly correlationId?: string;
  readonly sequence?: number;
  readonly detail?: string;
  readonly findings?: readonly Finding[];
  readonly customer: { readonly customerId: number; readonly username?: string };
  readonly transmissions?: readonly {
    readonly fileName: string;
    readonly sha256: string;
    readonly state: string;
    readonly messageId?: string;
    readonly sdiId?: string | null;
    readonly receipts?: readonly { readonly receipt: string }[];
  }[];
  readonly documents?: readonly { readonly numero?: string; readonly detail?: string }[];
  readonly alarms?: readonly { readonly kind: string; readonly clearedAt?: string | null }[];
  readonly notices?: readonly ShownNotice[];
  readonly history?: readonly {
    readonly sequence: number;
    readonly status: InvoiceStatus;
    readonly detail: string | null;
  }[];
}

/** A page in Spring Data's shape. */
export interface Page<T> {
  readonly content: readonly T[];
  readonly totalElements: number;
}

/** A dead letter as the scheduler's REST shows it, as far as the stories look. */
export interface DeadLetter {
  readonly deadLetterId: string;
  readonly originalTopic: string;
  readonly errorCode: string;
  readonly errorMessage: string;
  readonly correlationId: string | null;
  readonly state: 'open' | 'replayed' | 'discarded' | 'closed';
  readonly reason: string | null;
}

const answerMsMax = 30_000;

/** A client of one hub. */
export class HubClient {
  readonly portOffset: number;

  /** @param portOffset the shift of the hub's ports */
  constructor(portOffset: number) {
    this.portOffset = portOffset;
  }

  /** The address of a service. */
  addressOf(service: ServiceName): string {
    return `http://127.0.0.1:${services[service].port + this.portOffset}`;
  }

  /** Asks a service, through the gateway unless directly. */
  async ask(service: ServiceName, { method = 'GET', path, headers, body, key, direct }: Ask): Promise<Answer> {
    const straight = direct === true || service === 'gatewayserver';
    const url = straight ? this.addressOf(service) + path : `${this.addressOf('gatewayserver')}/${service}${path}`;
    const signedIn = key === null || direct === true ? {} : { 'x-api-key': key ?? keys.platform };
    const answer = await request(url, {
      method,
      headers: { ...signedIn, ...headers },
      headersTimeout: answerMsMax,
      ...(body !== undefined && { body }),
    });
    const text = await answer.body.text();
    return { status: answer.statusCode, headers: answer.headers, text, json: jsonOf(text) };
  }

  /** Posts an invoice and gives the answer as it is. */
  async post(posting: Posting = {}): Promise<Answer> {
    const { kind = 'internal', direct = false } = posting;
    const path = kind === 'internal' ? '/api/salvaFatturaInterna' : '/api/salvaFatturaEsterna';
    const headers = {
      ...(posting.correlationId !== undefined && { 'x-correlation-id': posting.correlationId }),
      ...(posting.idempotencyKey !== undefined && { 'idempotency-key': posting.idempotencyKey }),
      ...posting.headers,
    };
    const { query, type, body } = posting.raw ? rawBody(posting) : jsonBody(posting);
    return this.ask('receiver', {
      method: 'POST',
      path: path + query,
      headers: { ...headers, 'content-type': type },
      body,
      direct,
      ...(posting.key !== undefined && { key: posting.key }),
    });
  }

  /**
   * Posts an invoice that must be accepted.
   * @returns its correlation id, made where none was given
   * @throws Error with the answer unless it is 202
   */
  async accept(posting: Posting = {}): Promise<string> {
    const correlationId = posting.correlationId ?? `journey-${randomUUID()}`;
    const answer = await this.post({ ...posting, correlationId });
    if (answer.status !== 202) throw new Error(`the invoice was answered ${answer.status}: ${answer.text}`);
    return correlationId;
  }

  /** Tells what SdI said of an invoice, and gives the answer as it is. */
  async notify(
    notification: {
      readonly customerId: number;
      readonly invoiceNumber: number;
      readonly status: string;
      readonly correlationId?: string;
    },
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    return this.ask('receiver', {
      method: 'POST',
      path: '/api/notificaSdI',
      key: keys.sdi,
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(notification),
    });
  }

  /** Hands in one of SdI's own notices, and gives the answer as it is. */
  async bringNotice(bytes: Buffer, fileName: string, type = 'application/xml'): Promise<Answer> {
    return this.ask('receiver', {
      method: 'POST',
      path: `/api/notificaSdI?fileName=${encodeURIComponent(fileName)}`,
      key: keys.sdi,
      headers: { 'content-type': type },
      body: bytes,
    });
  }

  /** The notices that fit no file that was sent. */
  async unmatchedNotices(): Promise<readonly ShownNotice[]> {
    return (await this.#get<Page<ShownNotice>>('dbmanager', '/api/notices?state=unmatched')).content;
  }

  /** The invoices that a correlation id became. */
  async invoicesOf(correlationId: string): Promise<readonly Invoice[]> {
    return (await this.invoices({ correlationId })).content;
  }

  /** One page of invoices by dbmanager's own filters. */
  async invoices(query: Readonly<Record<string, string>> = {}): Promise<Page<Invoice>> {
    return this.#get('dbmanager', `/api/invoices?${new URLSearchParams(query).toString()}`);
  }

  /** How many invoices there are that match dbmanager's own filters. */
  async countInvoices(query: Readonly<Record<string, string>> = {}): Promise<number> {
    return (await this.invoices({ ...query, size: '1' })).totalElements;
  }

  /** One invoice, with its document and history. */
  async invoice(invoiceNumber: number): Promise<Invoice> {
    return this.#get('dbmanager', `/api/invoices/${invoiceNumber}`);
  }

  /** Dead letters by the scheduler's own filters. */
  async deadLetters(
    query: { state?: string; topic?: string; correlationId?: string } = {},
  ): Promise<readonly DeadLetter[]> {
    const page = await this.#get<Page<DeadLetter>>(
      'scheduler',
      `/api/dead-letters?${new URLSearchParams({ size: '200', ...query }).toString()}`,
    );
    return page.content;
  }

  /** Sends a dead letter to its topic once more. */
  async replay(deadLetterId: string): Promise<Answer> {
    return this.ask('scheduler', { method: 'POST', path: `/api/dead-letters/${deadLetterId}/replay` });
  }

  async #get<T>(service: ServiceName, path: string): Promise<T> {
    const answer = await this.ask(service, { path });
    if (answer.status === 200) return answer.json as T;
    throw new Error(`GET ${path} of ${service} was answered ${answer.status}: ${answer.text}`);
  }
}

function jsonBody({ document = invoiceXml(), customerId = 2, callback, fileName }: Posting) {
  const text = typeof document === 'string' ? { invoice: document } : { file: document.toString('base64') };
  const body = JSON.stringify({ ...text, fileName, customer: { customerId }, callback });
  return { query: '', type: 'application/json', body };
}

function rawBody({ document = invoiceXml(), customerId = 2, callback, fileName }: Posting) {
  const search = new URLSearchParams({
    customerId: String(customerId),
    ...(callback && { callback }),
    ...(fileName && { fileName }),
  });
  return { query: `?${search.toString()}`, type: 'application/xml', body: document };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // An answer that is no JSON is shown by its text.
    return undefined;
  }
}
