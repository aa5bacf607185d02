// signer: the face that every place of a key has: it opens to a key that signs, and can be closed and opened again.
import type { SigningKey } from '@staffetta/fatturapa/signature/signing-key.ts';

/** A key that was opened. */
export interface OpenKey extends SigningKey {
  /** Lets go of what it holds (a session); never throws. */
  close(): Promise<void>;
}

/** A place where a key lies. */
export interface KeyFace {
  /** What it is, for people: `the PKCS#12 file /etc/hub/firma.p12`. */
  readonly says: string;
  /** Whether signing costs nothing, so that a signature may be made only to see that key and certificate fit. */
  readonly triesAtStart: boolean;
  /**
   * Opens it.
   * @throws HubError SETTING_WRONG for what only an operator can mend (wrong password, PIN, file), SIGNING_FAILED for what may
   *   pass by itself (a service or a token that is away)
   */
  open(): Promise<OpenKey>;
}
