// sandbox: what SdI and the mail service hand each other: mails that SdI sends, files that reach its mailbox.

/** A file attached to a mail. */
export interface MailedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A mail that SdI sends. */
export interface SdiMail {
  /** The same id is the same mail: brought again, it changes nothing. */
  readonly id: string;
  /** SdI's own mailbox, as `sdi48@pec.fatturapa.it`. */
  readonly from: string;
  readonly to: string;
  /** As SdI writes it; the provider puts its own words in front. */
  readonly subject: string;
  readonly text: string;
  readonly files: readonly MailedFile[];
  readonly at: Date;
}

/** The mail service, as SdI uses it. */
export interface SdiPost {
  /** Delivers a mail; it is durable when this resolves, and the same id twice changes nothing. */
  send(mail: SdiMail): Promise<void>;
}

/** A file that reached SdI's mailbox. */
export interface ArrivedFile {
  /** The same id is the same file of the same mail: handed over again, it changes nothing. */
  readonly id: string;
  /** The mailbox that sent it, which gets the answers. */
  readonly from: string;
  /** The mailbox of SdI that it was sent to. */
  readonly to: string;
  /** Message-ID of the mail, with its angle brackets. */
  readonly messageId: string;
  readonly fileName: string;
  readonly bytes: Uint8Array;
  readonly at: Date;
}
