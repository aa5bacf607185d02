// sandbox: the callbacks that a customer's software would have got, in memory and in a file.
import { openLineFile } from './line-file.ts';
import type { LineFile } from './line-file.ts';
import { toPage } from './pages.ts';
import type { Page, PageRequest } from './pages.ts';

/** One callback as it came. */
export interface CallbackRecord {
  /** Counts from 1 in the order of arrival. */
  readonly id: number;
  /** ISO 8601 in UTC. */
  readonly receivedAt: string;
  /** The path behind `/callbacks`. */
  readonly path: string;
  /** The HTTP status it was answered with; 0 where it was left hanging. */
  readonly answered: number;
  /** Which try the sender called it, else how often its webhook id has come. */
  readonly attempt: number;
  readonly invoiceNumber: number | undefined;
  readonly invoiceStatus: string | undefined;
  readonly invoiceId: string | undefined;
  readonly sequence: number | undefined;
  readonly webhookId: string | undefined;
  readonly correlationId: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly bodyBytes: number;
  /** The body without the document: `invoice`, `file` and `document` are left out. Undefined where it was no JSON object. */
  readonly body: Readonly<Record<string, unknown>> | undefined;
}

/** What to look for; a callback must match all that is given. */
export interface CallbackFilter {
  readonly path?: string | undefined;
  readonly invoiceNumber?: number | undefined;
  readonly invoiceId?: string | undefined;
  readonly invoiceStatus?: string | undefined;
  readonly correlationId?: string | undefined;
  readonly webhookId?: string | undefined;
  /** Only those answered with this status. */
  readonly answered?: number | undefined;
}

/** A callback as it comes in. */
export interface Arrival {
  readonly path: string;
  readonly answered: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** The callbacks received. */
export interface CallbackBook {
  /** Keeps a callback; resolves when it is in the file. */
  add(arrival: Arrival): Promise<void>;
  /** Lists callbacks, newest first. */
  list(filter: CallbackFilter, request: PageRequest): Page<CallbackRecord>;
  clear(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the book; what an earlier run kept is there again.
 * @param path the file of JSON lines; it only grows, until it is cleared
 * @param callbacksMax how many are kept in memory, the newest ones
 */
export async function openCallbackBook(path: string, callbacksMax: number): Promise<CallbackBook> {
  const { file, values } = await openLineFile(path);
  return new Book(file, values as CallbackRecord[], callbacksMax);
}

class Book implements CallbackBook {
  #file: LineFile;
  #records: CallbackRecord[];
  #callbacksMax: number;
  #lastId: number;
  #triesByWebhookId = new Map<string, number>();

  constructor(file: LineFile, records: CallbackRecord[], callbacksMax: number) {
    this.#file = file;
    this.#records = records.slice(-callbacksMax);
    this.#callbacksMax = callbacksMax;
    this.#lastId = records.at(-1)?.id ?? 0;
    for (const { webhookId } of this.#records) this.#countTry(webhookId);
  }

  async add(arrival: Arrival): Promise<void> {
    this.#lastId += 1;
    const record = this.#recordOf(arrival, this.#lastId);
    this.#records.push(record);
    // Dropped in lumps: moving the whole list for each callback would cost more than the callback.
    if (this.#records.length > this.#callbacksMax * 1.1) this.#forgetOldest();
    await this.#file.append(record);
  }

  list(filter: CallbackFilter, request: PageRequest): Page<CallbackRecord> {
    const wanted = Object.entries(filter).filter(([, value]) => value !== undefined);
    const found = this.#records.filter((record) => wanted.every(([key, value]) => Reflect.get(record, key) === value));
    return toPage(found.reverse(), request);
  }

  async clear(): Promise<void> {
    this.#records = [];
    this.#triesByWebhookId.clear();
    await this.#file.clear();
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  #recordOf({ path, answered, headers, body }: Arrival, id: number): CallbackRecord {
    const { invoice: _invoice, file: _file, document: _document, ...rest } = objectOf(body) ?? {};
    const webhookId = headers['webhook-id'];
    const tries = this.#countTry(webhookId);
    return {
      id,
      receivedAt: new Date().toISOString(),
      path,
      answered,
      attempt: Number(headers['x-staffetta-attempt']) || tries,
      invoiceNumber: numberOf(rest['invoiceNumber']),
      invoiceStatus: textOf(rest['invoiceStatus']),
      invoiceId: textOf(rest['invoiceId']),
      sequence: numberOf(rest['sequence']),
      webhookId,
      correlationId: headers['x-correlation-id'] ?? textOf(rest['correlationId']),
      headers,
      bodyBytes: body.length,
      body: Object.keys(rest).length === 0 ? undefined : rest,
    };
  }

  #countTry(webhookId: string | undefined): number {
    if (webhookId === undefined) return 1;
    const tries = (this.#triesByWebhookId.get(webhookId) ?? 0) + 1;
    this.#triesByWebhookId.set(webhookId, tries);
    return tries;
  }

  #forgetOldest(): void {
    for (const { webhookId } of this.#records.splice(0, this.#records.length - this.#callbacksMax)) {
      if (webhookId !== undefined) this.#triesByWebhookId.delete(webhookId);
    }
  }
}

function objectOf(body: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    // A callback that is no JSON is shown as such: by its size and headers.
    return undefined;
  }
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
