// platform: spans on their way to the collector: a bounded queue, one batch under way; what does not fit or is not taken is counted.
import type { ReadableSpan, SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace';
import type { OnLost } from './tracing.ts';

/** Bounds of the queue. */
export interface SpanQueueLimits {
  /** Spans that wait at most. */
  readonly queueMax: number;
  readonly batchMax: number;
  /** Milliseconds that spans wait for more to go along. */
  readonly delayMs: number;
}

/** Told when the collector stops taking spans, and when it takes them again (`undefined`): once each. */
export type OnTrouble = (why: string | undefined) => void;

const recorded = 1;

/** Takes spans that ended. It never throws, never waits, and keeps no process alive. */
export class SpanQueue implements SpanProcessor {
  readonly #exporter: SpanExporter;
  readonly #limits: SpanQueueLimits;
  readonly #onTrouble: OnTrouble;
  #waiting: ReadableSpan[] = [];
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> | undefined;
  #inTrouble = false;
  #closed = false;
  /** Told of each loss. */
  onLost: OnLost = () => undefined;

  constructor(exporter: SpanExporter, limits: SpanQueueLimits, onTrouble: OnTrouble) {
    this.#exporter = exporter;
    this.#limits = limits;
    this.#onTrouble = onTrouble;
  }

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    if ((span.spanContext().traceFlags & recorded) === 0) return;
    if (this.#closed || this.#waiting.length >= this.#limits.queueMax) {
      this.onLost('full', 1);
      return;
    }
    this.#waiting.push(span);
    if (this.#waiting.length >= this.#limits.batchMax) this.#send();
    else this.#sendLater();
  }

  /** Sends what waits now; resolves when it was taken or lost. */
  async forceFlush(): Promise<void> {
    this.#send();
    while (this.#sending) await this.#sending;
  }

  /** Sends what waits, and takes nothing any more. */
  async shutdown(): Promise<void> {
    this.#closed = true;
    await this.forceFlush();
    await this.#exporter.shutdown();
  }

  #sendLater(): void {
    this.#timer ??= setTimeout(() => this.#send(), this.#limits.delayMs).unref();
  }

  #send(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#sending || this.#waiting.length === 0) return;
    this.#sending = this.#sendAll().finally(() => {
      this.#sending = undefined;
      if (this.#waiting.length > 0) this.#sendLater();
    });
  }

  async #sendAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, this.#limits.batchMax);
      const why = await this.#export(batch);
      if (why !== undefined) this.onLost('refused', batch.length);
      this.#tell(why);
    }
  }

  #export(batch: ReadableSpan[]): Promise<string | undefined> {
    return new Promise((resolve) => {
      try {
        this.#exporter.export(batch, ({ code, error }) => resolve(isTaken(code) ? undefined : wordsOf(error)));
      } catch (error) {
        resolve(wordsOf(error));
      }
    });
  }

  #tell(why: string | undefined): void {
    const inTrouble = why !== undefined;
    if (inTrouble === this.#inTrouble) return;
    this.#inTrouble = inTrouble;
    this.#onTrouble(why);
  }
}

/** `ExportResultCode.SUCCESS`, of a package that is not ours to import. */
function isTaken(code: number): boolean {
  return code === 0;
}

function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return 'it did not take them';
  // Node says nothing of its own where it tried several addresses of a name.
  return error.message || ('code' in error ? String(error.code) : error.name);
}
