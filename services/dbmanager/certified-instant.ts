// dbmanager: the instant that a provider certified, where what a mail says is one. Pure.

/**
 * Reads a certified time.
 * @param text ISO 8601, or anything else, or nothing
 * @returns null for what is no time between 1990 and 9999: no provider certified it, and some of it no database could keep
 */
export function certifiedInstant(text: string | undefined): Date | null {
  const at = new Date(text ?? '');
  const isTime = at.getUTCFullYear() >= 1990 && at.getUTCFullYear() <= 9999;
  return isTime ? at : null;
}
