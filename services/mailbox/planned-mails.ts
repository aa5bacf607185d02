// mailbox: the plans of mails that were understood just now, so that answering need not read and understand them once more.
import type { MailInHand } from './mails.ts';
import type { MailPlan } from './plan-mail.ts';

const bytesMax = 64 * 1024 * 1024;

/**
 * Keeps plans in memory until they are used. What is not here, after a restart or because there was no room, is made again from the
 * mail's bytes, and is the same.
 */
export class PlannedMails {
  readonly #plans = new Map<string, { readonly plan: MailPlan; readonly sha256: Buffer; readonly size: number }>();
  #bytes = 0;

  /**
   * Keeps a plan where there is room.
   * @param mail whose
   * @param plan what it holds; it is about as large as the mail
   */
  put({ mailId, sha256, size }: MailInHand, plan: MailPlan): void {
    if (this.#bytes + size > bytesMax || this.#plans.has(mailId)) return;
    this.#plans.set(mailId, { plan, sha256, size });
    this.#bytes += size;
  }

  /**
   * Takes a plan out.
   * @param mail whose
   * @returns undefined where it is not here, or is that of other bytes
   */
  take({ mailId, sha256 }: MailInHand): MailPlan | undefined {
    const found = this.#plans.get(mailId);
    if (!found) return undefined;
    this.#plans.delete(mailId);
    this.#bytes -= found.size;
    return found.sha256.equals(sha256) ? found.plan : undefined;
  }
}
