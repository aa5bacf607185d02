// gateway: one request on its way through a connection pool; writes the answer as it comes.
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { errors, type Dispatcher } from 'undici';
import type { CallOutcome } from './breaker.ts';
import type { AwayReason } from './fallback.ts';
import { answerHeaders, type Introduction } from './proxy-headers.ts';

/** What one hop needs. */
export interface HopOptions {
  readonly response: ServerResponse;
  readonly introduction: Introduction;
  /** Whether the body comes as a stream, whose sending takes as long as the client takes. */
  readonly streamed: boolean;
  readonly answerTimeoutMs: number;
  /** Called where there is no answer and nothing was written to the client yet. */
  onAway(reason: AwayReason): void;
  /** Called where the request cannot be written as HTTP, which is no fault of the service. */
  onUnfit(why: string): void;
  /** Called once, at the end. */
  onOver(outcome: CallOutcome): void;
}

/** Errors of connecting: nothing was sent. */
const connectCodes = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EADDRNOTAVAIL',
]);

function reasonOf(error: Error): AwayReason {
  if (error instanceof errors.ConnectTimeoutError) return 'unreachable';
  if (error instanceof errors.HeadersTimeoutError || error instanceof errors.BodyTimeoutError) return 'slow';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return connectCodes.has(code) ? 'unreachable' : 'broken';
}

/** The time is up before the service answered. */
class TooSlow extends Error {}

/** The client went away. */
class ClientGone extends Error {}

/** Handles the events of one dispatched request (undici's order: started, response, data, end or error). */
export class Hop implements Dispatcher.DispatchHandler {
  readonly #options: HopOptions;
  readonly #timer: NodeJS.Timeout;
  readonly #onClose: () => void;
  #controller: Dispatcher.DispatchController | undefined;
  #stopped: Error | undefined;
  #over = false;

  constructor(options: HopOptions) {
    this.#options = options;
    this.#timer = setTimeout(() => this.#stop(new TooSlow()), options.answerTimeoutMs);
    this.#onClose = () => this.#stop(new ClientGone());
    options.response.once('close', this.#onClose);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#stopped) controller.abort(this.#stopped);
    // How long a client takes to upload is no fault of the service; the pool's own time-out counts from the last byte.
    if (this.#options.streamed) clearTimeout(this.#timer);
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200) return;
    clearTimeout(this.#timer);
    if (this.#over) return;
    this.#options.response.writeHead(status, answerHeaders(headers, this.#options.introduction));
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#over || this.#options.response.write(chunk)) return;
    controller.pause();
    this.#options.response.once('drain', () => controller.resume());
  }

  onResponseEnd(): void {
    if (this.#over) return;
    this.#finish('good');
    this.#options.response.end();
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    this.#fail(error);
  }

  #stop(error: Error): void {
    this.#stopped = error;
    this.#fail(error);
    this.#controller?.abort(error);
  }

  #fail(error: Error): void {
    if (this.#over) return;
    const { response } = this.#options;
    if (error instanceof ClientGone || response.destroyed || response.socket?.destroyed) return this.#finish('unknown');
    if (error instanceof errors.InvalidArgumentError || error instanceof errors.NotSupportedError) {
      this.#finish('unknown');
      return this.#options.onUnfit(error.message);
    }
    this.#finish('failed');
    // An answer that broke off must not look whole to the client.
    if (response.headersSent) response.destroy();
    else this.#options.onAway(error instanceof TooSlow ? 'slow' : reasonOf(error));
  }

  #finish(outcome: CallOutcome): void {
    this.#over = true;
    clearTimeout(this.#timer);
    this.#options.response.off('close', this.#onClose);
    this.#options.onOver(outcome);
  }
}
