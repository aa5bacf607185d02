// fatturapa: the two forms of e-mail addresses that the schema knows, judged in time linear in the text.

const atoms = "[!#-'*+/-9=?A-Z^-~-]+(?:\\.[!#-'*+/-9=?A-Z^-~-]+)*";
const quoted = '"(?:\\[\\]!#-[^\\-~ \\t]|\\\\[\\t -~])+"';
const bracketed = '\\[[\\t -Z^-~]*\\]';

/** The form of a certified mailbox's address (EmailType), oddities of its quoted form included. */
export const certifiedAddressPattern = `^(?:${atoms}|${quoted})@(?:${atoms}|${bracketed})$`;
/** The form of a contact's address (EmailContattiType). */
export const contactAddressPattern = '^[^\\n\\r]+@[^\\n\\r]+[.]+[^\\n\\r]+$';

/** Characters that an address may have, of either form. */
export const addressLengthMax = 256;
/** Characters that a contact's address has at least. */
export const contactAddressLengthMin = 7;

const certified = new RegExp(certifiedAddressPattern, 'u');
const contactLength = /^[^\n\r]{7,256}$/u;

/**
 * Whether a text is the address of a certified mailbox as the schema's EmailType asks: dots only between other
 * characters, no blanks, ASCII letters, at most 256 characters.
 * @param text without blanks around it
 */
export function isCertifiedAddress(text: string): boolean {
  // All that the form allows is ASCII but for one place inside quotes: a longer text cannot be right.
  return text.length <= 2 * addressLengthMax && certified.test(text) && lengthOf(text) <= addressLengthMax;
}

/**
 * Whether a text is the address of a contact as the schema's EmailContattiType asks: something, `@`, something, a dot,
 * something, in 7 to 256 characters without line breaks. Looked up by position: the schema's own expression would go
 * back and forth on a text of many `@` and dots.
 * @param text as it stands
 */
export function isContactAddress(text: string): boolean {
  if (!contactLength.test(text)) return false;
  const at = text.indexOf('@', 1);
  return at !== -1 && text.lastIndexOf('.', text.length - 2) >= at + 2;
}

function lengthOf(text: string): number {
  let characters = 0;
  for (const _ of text) characters += 1;
  return characters;
}
