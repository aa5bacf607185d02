// sandbox: what the IMAP server can do, and how it says no.

/** What the server can do, as one line (RFC 3501 §7.2.1). */
export const capabilityLine = 'IMAP4rev1 LITERAL+ SASL-IR AUTH=PLAIN ID IDLE NAMESPACE QUOTA UIDPLUS UNSELECT CHILDREN';

/** A command that was understood and cannot be done; the message goes to the client, with its response code. */
export class ImapNo extends Error {}

/** Nobody is there any more to be answered. */
export class ClientGone extends Error {
  constructor() {
    super('the client has gone');
    this.name = 'ClientGone';
  }
}
