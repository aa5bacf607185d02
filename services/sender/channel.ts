// sender: the channel to SdI as a port; PEC is the one that is built (docs/adr/0014-channels.md).

/** A file on its way to SdI. */
export interface ChannelFile {
  readonly transmissionId: string;
  /** SdI's file name. */
  readonly fileName: string;
  /** The exact bytes. */
  readonly content: Buffer;
  /** Printable ASCII. */
  readonly correlationId: string;
  /** Where SdI takes it at the moment. */
  readonly recipient: string;
}

/**
 * What the other side made of a file: `taken`; `refused` for good; `notNow`, worth another try; `unsure`, nobody knows whether it
 * was taken.
 */
export interface ChannelAnswer {
  readonly kind: 'taken' | 'refused' | 'notNow' | 'unsure';
  /** The other side's words, or what happened. */
  readonly words: string;
}

/** A way to SdI, for the files of one sender. */
export interface Channel {
  /** Whose files: for PEC the mailbox. */
  readonly name: string;
  /**
   * What the other side knows a file by, so that its word about it can be recognised: for PEC the Message-ID, the same again
   * whenever the file is sent again.
   */
  referenceOf(file: Pick<ChannelFile, 'transmissionId' | 'fileName'>): string;
  /**
   * Sends one file, alone.
   * @param file what
   * @param begin called when the other side is ready for it, before its first byte; where this fails nothing goes out, and its error is thrown
   * @throws HubError MAIL_SERVER_AWAY while the other side as a whole cannot be used; MESSAGE_NOT_READABLE for what can never be sent
   */
  send(file: ChannelFile, begin: () => Promise<void>): Promise<ChannelAnswer>;
  /**
   * Asks the other side for a sign of life.
   * @throws Error that says what is wrong
   */
  verify(): Promise<void>;
  /**
   * Lets what was handed over end, then cuts the connections.
   * @param graceMs how long it may take
   */
  close(graceMs: number): Promise<void>;
}
