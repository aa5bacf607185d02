// fatturapa: the two forms of e-mail addresses that the schema knows, as expressions that never go back and forth.

const atoms = "[!#-'*+/-9=?A-Z^-~-]+(?:\\.[!#-'*+/-9=?A-Z^-~-]+)*";
// What the schema means by a quoted name is odd (it looks like a lost bracket), but it is what it says.
const quoted = '"(?:\\[\\]!#-[^\\-~ \\t]|\\\\[\\t -~])+"';
const bracketed = '\\[[\\t -Z^-~]*\\]';

/** Characters that an address may have, of either form. */
export const addressLengthMax = 256;
/** Characters that a contact's address has at least. */
export const contactAddressLengthMin = 7;

/**
 * The form of a certified mailbox's address (EmailType): dots only between other characters, no blanks, ASCII letters.
 * The length is looked at first, so that no long text gets further.
 */
export const certifiedAddressPattern = `^(?=[\\s\\S]{3,${addressLengthMax}}$)(?:${atoms}|${quoted})@(?:${atoms}|${bracketed})$`;

/**
 * The form of a contact's address (EmailContattiType): something, `@`, something, a dot, something, without line breaks.
 * The schema's own expression tries every `@` with every dot; the first `@` that has something before it, and the first
 * dot that has something between, are enough.
 */
export const contactAddressPattern = `^(?=[^\\n\\r]{${contactAddressLengthMin},${addressLengthMax}}$)[^\\n\\r][^@]*@[\\s\\S][^.]*[.][\\s\\S]+$`;
