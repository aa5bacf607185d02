// gateway: one try of a request at one instance, through its connection pool; writes the answer as it comes.
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { errors, type Dispatcher } from 'undici';
import type { AwayReason } from './fallback.ts';
import { answerHeaders, type Introduction } from './proxy-headers.ts';
import { BodyTooLarge } from './request-body.ts';

/** How a try ended. */
export type HopEnd =
  /** The answer went to the client; it may be an error of the service's own. */
  | { readonly kind: 'answered'; readonly status: number }
  /** The client went away. */
  | { readonly kind: 'left' }
  /** The answer broke off after its head was written; the client's connection broke with it. */
  | { readonly kind: 'cut' }
  /** There is no answer, and nothing was written to the client. */
  | { readonly kind: 'away'; readonly reason: AwayReason; readonly sent: boolean }
  /** There is an answer that the client is not to see. */
  | { readonly kind: 'discarded' }
  /** There is no room for a stream. */
  | { readonly kind: 'noRoom' }
  /** The request cannot be written as HTTP, which is no fault of the service. */
  | { readonly kind: 'unfit'; readonly why: string }
  | { readonly kind: 'tooLarge' }
  /** The connection is a WebSocket from now on. */
  | {
      readonly kind: 'upgraded';
      readonly status: number;
      readonly headers: IncomingHttpHeaders;
      readonly socket: Duplex;
    };

/** What is done with an answer whose head has come. */
export type HeadVerdict = 'write' | 'discard' | 'noRoom';

/** What one try needs. */
export interface HopOptions {
  readonly response: ServerResponse;
  readonly introduction: Introduction;
  /** Whether the body comes piece by piece, whose sending takes as long as the client takes. */
  readonly streamed: boolean;
  /** To the head of the answer, connecting included, in ms. */
  readonly timeoutMs: number;
  /** Between two parts of an answer, in ms. */
  readonly idleMs: number;
  /** The same where the answer is a stream of events, and for a client that does not read. */
  readonly streamIdleMs: number;
  /** Asked once, before anything is written to the client. */
  onHead(status: number, headers: IncomingHttpHeaders): HeadVerdict;
  /** Called once. */
  onEnd(end: HopEnd): void;
}

function reasonOf(error: Error, sent: boolean): AwayReason {
  const isSlow = error instanceof errors.HeadersTimeoutError || error instanceof errors.BodyTimeoutError;
  if (isSlow || error instanceof TooSlow) return 'slow';
  return sent ? 'broken' : 'unreachable';
}

/** The time is up. */
class TooSlow extends Error {}

/** The client went away. */
class ClientGone extends Error {}

/** The stream is ended by us. */
class Ended extends Error {}

/** Tells whether an answer is a stream of events. */
export function isEventStream(headers: IncomingHttpHeaders): boolean {
  return headers['content-type']?.startsWith('text/event-stream') ?? false;
}

/** Handles the events of one dispatched request (undici's order: started, response, data, end or error). */
export class Hop implements Dispatcher.DispatchHandler {
  readonly #options: HopOptions;
  readonly #onClose: () => void;
  #timer: NodeJS.Timeout;
  #idleMs: number;
  #controller: Dispatcher.DispatchController | undefined;
  #stopped: Error | undefined;
  #verdict: HeadVerdict | undefined;
  #status = 0;
  #isOver = false;

  constructor(options: HopOptions) {
    this.#options = options;
    this.#idleMs = options.idleMs;
    this.#timer = this.#alarm(options.timeoutMs);
    this.#onClose = () => this.#stop(new ClientGone());
    options.response.once('close', this.#onClose);
  }

  /** Ends an answer that has no end of its own: the client sees it as whole. */
  end(): void {
    if (this.#isOver) return;
    this.#finish({ kind: 'answered', status: this.#status });
    this.#options.response.end();
    this.#controller?.abort(new Ended());
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#stopped) controller.abort(this.#stopped);
    // How long a client takes to upload is no fault of the service; the pool's own time-out counts from the last byte.
    if (this.#options.streamed) clearTimeout(this.#timer);
  }

  onRequestUpgrade(_: unknown, status: number, headers: IncomingHttpHeaders, socket: Duplex): void {
    if (this.#isOver) socket.destroy();
    else this.#finish({ kind: 'upgraded', status, headers, socket });
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    // Hints (1xx) are for whoever asked, and that is us.
    if (status < 200 || this.#isOver) return;
    const { response, introduction, streamIdleMs } = this.#options;
    this.#status = status;
    this.#verdict = this.#options.onHead(status, headers);
    if (this.#verdict === 'noRoom') {
      this.#finish({ kind: 'noRoom' });
      return controller.abort(new Ended());
    }
    if (isEventStream(headers)) this.#idleMs = streamIdleMs;
    this.#wait(this.#idleMs);
    if (this.#verdict === 'write') response.writeHead(status, answerHeaders(headers, introduction));
    // Else the client would wait for the first event to learn that there will be any.
    if (this.#verdict === 'write' && isEventStream(headers)) response.flushHeaders();
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#isOver || this.#verdict === 'discard') return;
    const { response, streamIdleMs } = this.#options;
    if (response.write(chunk)) {
      this.#timer.refresh();
      return;
    }
    controller.pause();
    // A client that reads slowly is no fault of the service.
    this.#wait(streamIdleMs);
    response.once('drain', () => {
      if (this.#isOver) return;
      this.#wait(this.#idleMs);
      controller.resume();
    });
  }

  onResponseEnd(): void {
    if (this.#isOver) return;
    if (this.#verdict === 'discard') return this.#finish({ kind: 'discarded' });
    // First, so that whoever reads the end finds the request counted. Trailers stay behind: they belong to one hop.
    this.#finish({ kind: 'answered', status: this.#status });
    this.#options.response.end();
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    this.#fail(error);
  }

  #alarm(afterMs: number): NodeJS.Timeout {
    return setTimeout(() => this.#stop(new TooSlow('the time is up')), afterMs);
  }

  #wait(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = this.#alarm(ms);
  }

  #stop(error: Error): void {
    this.#stopped = error;
    this.#fail(error);
    this.#controller?.abort(error);
  }

  #fail(error: Error): void {
    if (this.#isOver) return;
    const { response } = this.#options;
    if (error instanceof BodyTooLarge && !response.headersSent) return this.#finish({ kind: 'tooLarge' });
    if (error instanceof ClientGone || response.destroyed || response.socket?.destroyed) {
      return this.#finish({ kind: 'left' });
    }
    if (this.#verdict === 'discard') return this.#finish({ kind: 'discarded' });
    if (error instanceof errors.InvalidArgumentError || error instanceof errors.NotSupportedError) {
      return this.#finish({ kind: 'unfit', why: error.message });
    }
    if (!response.headersSent) {
      const sent = this.#controller !== undefined;
      return this.#finish({ kind: 'away', reason: reasonOf(error, sent), sent });
    }
    this.#finish({ kind: 'cut' });
    // An answer that broke off must not look whole to the client.
    response.destroy();
  }

  #finish(end: HopEnd): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#options.response.off('close', this.#onClose);
    this.#options.onEnd(end);
  }
}
