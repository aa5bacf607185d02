// fatturapa: how far a mail may go when it is understood, unless a caller says otherwise.

/** Each guards against a mail that is made to exhaust us. */
export interface MailLimits {
  /** Bytes of a whole mail. */
  readonly bytesMax: number;
  /** Bytes of the headers of a mail or of one of its parts. */
  readonly headerBytesMax: number;
  /** Parts and messages within each other. */
  readonly depthMax: number;
  /** Parts of a mail, those of messages inside of it included. */
  readonly partsMax: number;
  /** Attachments of a mail from SdI that are opened. */
  readonly filesMax: number;
}

/** PEC carries 30 MB, which base64 makes a third larger; no mail of SdI has more than a few parts. */
export const mailLimits: MailLimits = {
  bytesMax: 48 * 1024 * 1024,
  headerBytesMax: 256 * 1024,
  depthMax: 12,
  partsMax: 500,
  filesMax: 50,
};
