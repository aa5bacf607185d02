// dbmanager: writes a zip as it goes, one file in memory at a time, no faster than its reader reads.
import { Zip, ZipDeflate, ZipPassThrough } from 'fflate';
import { once } from 'node:events';
import type { Writable } from 'node:stream';

const deflateLevel = 3;

/** Written piece by piece, so that a slow reader is one that takes little, and a stalled one takes nothing of so much. */
const pieceBytesMax = 65_536;

/** What ends the waiting for a reader. */
export interface ReaderLimits {
  /** Of the whole archive. */
  readonly signal: AbortSignal;
  /** Milliseconds that it may take nothing. */
  readonly stallMs: number;
}

/** A zip under way. Without the 64-bit extension it holds 65,535 files and 4 GiB: the caller keeps below. */
export class ZipStream {
  readonly #out: Writable;
  readonly #stallMs: number;
  readonly #stalled = new AbortController();
  readonly #signal: AbortSignal;
  readonly #zip: Zip;
  #pieces: Uint8Array[] = [];
  #error: Error | undefined;

  /**
   * @param out where the archive goes
   * @param limits end the waiting for a reader that is gone or stands still
   */
  constructor(out: Writable, { signal, stallMs }: ReaderLimits) {
    this.#out = out;
    this.#stallMs = stallMs;
    this.#signal = AbortSignal.any([signal, this.#stalled.signal]);
    this.#zip = new Zip((error, piece) => {
      if (error) this.#error = error;
      else this.#pieces.push(piece);
    });
  }

  /**
   * Adds a file that comes in pieces.
   * @param path its path in the archive
   * @param wallTime its time as the archive shows it (`2026-11-22T10:15:30`); the archive knows no zone
   * @param pieces its bytes
   * @param compress whether they get smaller by it
   */
  async add(path: string, wallTime: string, pieces: AsyncIterable<Uint8Array>, compress: boolean): Promise<void> {
    const entry = compress ? new ZipDeflate(path, { level: deflateLevel }) : new ZipPassThrough(path);
    // Read as local time and written as local time: the same digits come out, wherever the process runs.
    entry.mtime = new Date(wallTime.slice(0, 19));
    this.#zip.add(entry);
    for await (const piece of pieces) {
      entry.push(piece);
      await this.#flush();
    }
    entry.push(new Uint8Array(), true);
    await this.#flush();
  }

  /** Writes the archive's directory; what it is written to stays open. */
  async finish(): Promise<void> {
    this.#zip.end();
    await this.#flush();
  }

  async #flush(): Promise<void> {
    if (this.#error) throw this.#error;
    for (const piece of this.#pieces.splice(0)) {
      for (let from = 0; from < piece.length; from += pieceBytesMax) {
        this.#signal.throwIfAborted();
        if (!this.#out.write(piece.subarray(from, from + pieceBytesMax))) await this.#drained();
      }
    }
  }

  async #drained(): Promise<void> {
    const why = `the reader took nothing for ${this.#stallMs} ms`;
    const timer = setTimeout(() => this.#stalled.abort(new Error(why)), this.#stallMs);
    try {
      await once(this.#out, 'drain', { signal: this.#signal });
    } catch (error) {
      // What ended the waiting says more than that it was ended.
      this.#signal.throwIfAborted();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }
}
