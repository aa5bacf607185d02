// sandbox: cuts what an IMAP client sends into commands: lines, and the literals of exact length inside them (RFC 3501 §4.3, RFC 7888).

/** How much a client may send. */
export interface ReaderLimits {
  /** Bytes of a command without its literals. */
  readonly lineBytesMax: number;
  /** Bytes of a mail that is appended. */
  readonly mailBytesMax: number;
  /** Bytes of any other literal. */
  readonly literalBytesMax: number;
}

/** What came: texts and literals by turns, beginning and ending with a text. */
export type Pieces = readonly (string | Buffer)[];

/** What the reader has to say. */
export type ReaderEvent =
  | { readonly kind: 'command'; readonly pieces: Pieces }
  /** The client waits for leave to send its literal. */
  | { readonly kind: 'goAhead' }
  /** A literal too large that the client has not sent yet. */
  | { readonly kind: 'tooLarge'; readonly tag: string }
  /** Nothing that follows could be understood. */
  | { readonly kind: 'lost'; readonly why: string };

const literalForm = /\{(\d{1,12})(\+?)\}$/;

/** Reads one connection. */
export class CommandReader {
  readonly #limits: ReaderLimits;
  #chunks: Buffer[] = [];
  #waiting = 0;
  #pieces: (string | Buffer)[] = [];
  #lineBytes = 0;
  // Of a literal, how many bytes it has; undefined while a line is read.
  #literal: number | undefined;
  #isLost = false;

  /** @param limits how much a client may send */
  constructor(limits: ReaderLimits) {
    this.#limits = limits;
  }

  /**
   * Takes what came from the client.
   * @param chunk bytes, cut anywhere
   */
  *push(chunk: Buffer): Generator<ReaderEvent, void> {
    this.#chunks.push(chunk);
    this.#waiting += chunk.length;
    while (!this.#isLost) {
      const event = this.#literal === undefined ? this.#readLine(chunk) : this.#readLiteral(this.#literal);
      if (event === 'more') return;
      if (event !== undefined) yield event;
    }
  }

  #readLiteral(length: number): 'more' | undefined {
    if (this.#waiting < length) return 'more';
    const all = this.#join();
    this.#pieces.push(Buffer.from(all.subarray(0, length)));
    this.#keep(all.subarray(length));
    this.#literal = undefined;
    return undefined;
  }

  #readLine(newest: Buffer): ReaderEvent | 'more' | undefined {
    // A line may take many chunks; only the newest can hold its end, unless older ones were put back.
    if (this.#chunks.length > 1 && !newest.includes(0x0a)) return this.#lineTooLong() ?? 'more';
    const all = this.#join();
    const end = all.indexOf(0x0a);
    if (end === -1) {
      this.#keep(all);
      return this.#lineTooLong() ?? 'more';
    }
    const line = all.toString('latin1', 0, all[end - 1] === 0x0d ? end - 1 : end);
    this.#keep(all.subarray(end + 1));
    return this.#take(line);
  }

  #lineTooLong(): ReaderEvent | undefined {
    if (this.#lineBytes + this.#waiting <= this.#limits.lineBytesMax) return undefined;
    return this.#lose(`a command may have ${this.#limits.lineBytesMax} bytes`);
  }

  #take(line: string): ReaderEvent | undefined {
    this.#lineBytes += line.length;
    if (this.#lineBytes > this.#limits.lineBytesMax) {
      return this.#lose(`a command may have ${this.#limits.lineBytesMax} bytes`);
    }
    this.#pieces.push(line);
    const literal = literalForm.exec(line);
    if (literal === null) return { kind: 'command', pieces: this.#reset() };
    return this.#announce(line.slice(0, literal.index), Number(literal[1]), literal[2] === '+');
  }

  #announce(line: string, length: number, comesAtOnce: boolean): ReaderEvent | undefined {
    const first = this.#pieces[0];
    const isAppend = typeof first === 'string' && /^\S+ append /i.test(first);
    const max = isAppend ? this.#limits.mailBytesMax : this.#limits.literalBytesMax;
    const used = this.#pieces.reduce((sum, piece) => sum + (typeof piece === 'string' ? 0 : piece.length), 0);
    if (used + length > max) {
      if (comesAtOnce) return this.#lose(`a literal may have ${max} bytes`);
      const [tag = '*'] = String(this.#reset()[0]).split(' ');
      return { kind: 'tooLarge', tag };
    }
    this.#pieces[this.#pieces.length - 1] = line;
    this.#literal = length;
    return comesAtOnce ? undefined : { kind: 'goAhead' };
  }

  #reset(): Pieces {
    const pieces = this.#pieces;
    this.#pieces = [];
    this.#lineBytes = 0;
    return pieces;
  }

  #lose(why: string): ReaderEvent {
    this.#isLost = true;
    this.#chunks = [];
    this.#pieces = [];
    return { kind: 'lost', why };
  }

  #join(): Buffer {
    const [only] = this.#chunks;
    return this.#chunks.length === 1 && only ? only : Buffer.concat(this.#chunks);
  }

  #keep(rest: Buffer): void {
    this.#chunks = rest.length === 0 ? [] : [rest];
    this.#waiting = rest.length;
  }
}
