// platform: what it takes for a mail address, in envelopes, headers and settings alike.

const pattern =
  /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]{2,45}\])$/;

/**
 * Tells whether a text is a bare mail address.
 * Takes any text; true for `local@domain` in ASCII without name, brackets, quotes or spaces (lengths by RFC 5321
 * §4.5.3.1), so that nothing in it can end a command or a header line.
 */
export function isMailAddress(text: string): boolean {
  return pattern.test(text);
}
