// sender: what a mail that has to wait fails with: it comes again by itself, and none of its tries is used up.
import { HubError, type ErrorCode } from '@staffetta/flow/errors.ts';

/** The longest that a waiting mail is left alone: what ends its waiting (a receipt, a turned clock) is seen by then. */
export const lookAgainMs = 15_000;

/** A mail has to wait; the bus hands it over again after `againAfterMs`, uncounted. */
export class NotYet extends HubError {
  readonly againAfterMs: number;

  /**
   * @param code what it waits for: `MAIL_WAITS`, or a part that is away
   * @param message which mail, and why
   * @param waitMs how long, as far as is known; it looks again after `lookAgainMs` at the latest
   * @param cause the error underneath
   */
  constructor(code: ErrorCode, message: string, waitMs: number, cause?: unknown) {
    super(code, message, cause);
    this.againAfterMs = Math.min(lookAgainMs, Math.max(1, Math.ceil(waitMs)));
  }
}
