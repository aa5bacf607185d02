// flow: every error the hub can name; HTTP decides the status and the bus decides retry or dead letter from the kind.
import type { Finding } from './messages.ts';

/**
 * What kind of trouble it is:
 * `badRequest` the caller's words do not fit; `unauthenticated`, `forbidden`, `notFound`, `conflict`, `tooLarge`, `tooMany` as in HTTP;
 * `poison` a message that can never be handled; `temporary` worth another try, counted;
 * `unavailable` a part we cannot work without is away: wait for it, do not count tries; `internal` our own fault.
 */
export const errorKinds = [
  'badRequest',
  'unauthenticated',
  'forbidden',
  'notFound',
  'conflict',
  'tooLarge',
  'tooMany',
  'poison',
  'temporary',
  'unavailable',
  'internal',
] as const;

/** The kind of an error, from which each edge decides what to do. */
export type ErrorKind = (typeof errorKinds)[number];

/** Code → kind and what the operator or caller should do next. */
export const errorTable = {
  BODY_NOT_VALID: { kind: 'badRequest', help: 'Correct the named field and send the request again.' },
  BODY_NOT_JSON: { kind: 'badRequest', help: 'Send well-formed JSON with Content-Type application/json.' },
  CONTENT_TYPE_NOT_KNOWN: {
    kind: 'badRequest',
    help: 'Send application/json, application/xml, application/pkcs7-mime or application/zip.',
  },
  DOCTYPE_REFUSED: {
    kind: 'badRequest',
    help: 'Remove the DOCTYPE: a FatturaPA document has none, and entities are never resolved.',
  },
  EXPORT_TOO_LARGE: {
    kind: 'badRequest',
    help: 'Ask for a shorter period, one customer or one kind; or raise EXPORT_FILES_MAX or EXPORT_BYTES_MAX.',
  },
  CALLBACK_NOT_ALLOWED: {
    kind: 'badRequest',
    help: 'Give an absolute http(s) URL; in production only https and public addresses, unless CALLBACK_ALLOW_HTTP or CALLBACK_ALLOW_PRIVATE says otherwise.',
  },
  DOCUMENT_TOO_LARGE: { kind: 'tooLarge', help: 'SdI takes at most 5 MiB a file; split it or drop attachments.' },
  KEY_WRONG: { kind: 'unauthenticated', help: 'Send a valid API key in the X-API-KEY header.' },
  TOKEN_WRONG: { kind: 'unauthenticated', help: 'Get a new access token for this hub from your identity provider.' },
  SESSION_OVER: { kind: 'unauthenticated', help: 'Sign in again at /signin.' },
  SIGN_IN_FAILED: { kind: 'badRequest', help: 'Start again at /signin, in the same browser.' },
  SIGN_IN_OFF: {
    kind: 'notFound',
    help: 'Set OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_ROLE_MAP (docs/settings.md), or use an API key.',
  },
  LOGIN_WRONG: { kind: 'unauthenticated', help: 'Give user and password as HTTP Basic asks for them.' },
  ROLE_WRONG: { kind: 'forbidden', help: 'Use a key whose role may do this.' },
  RIGHTS_NOT_MAPPED: {
    kind: 'forbidden',
    help: 'Whoever runs the hub adds a role of this account to OIDC_ROLE_MAP, or its customer to OIDC_CUSTOMER_CLAIM.',
  },
  CSRF_REFUSED: {
    kind: 'forbidden',
    help: 'Send it from a page of this hub, or with the header X-CSRF-Token and the csrfToken of GET /me.',
  },
  NOT_YOURS: { kind: 'forbidden', help: 'A customer reaches only what is its own.' },
  PATH_UNKNOWN: { kind: 'notFound', help: 'See /swagger-ui/ for the paths of this service.' },
  CUSTOMER_UNKNOWN: { kind: 'notFound', help: 'Create the customer first, or correct its id.' },
  INVOICE_UNKNOWN: { kind: 'notFound', help: 'Check the invoice number.' },
  RECIPIENT_UNKNOWN: {
    kind: 'notFound',
    help: 'Put the VAT number into the fiscal profile of its customer, or the code or PEC with PUT /api/customers/{customerId}/recapito.',
  },
  PROFILE_UNKNOWN: {
    kind: 'notFound',
    help: 'Put it with PUT /api/customers/{customerId}/profile; documents sent as JSON take who issues them from there.',
  },
  REGISTER_UNKNOWN: { kind: 'notFound', help: 'Make it with PUT /api/customers/{customerId}/registers/{name}.' },
  PART_UNKNOWN: {
    kind: 'notFound',
    help: 'GET /invoices/{n} lists its documents and transmissions; its page lists its attachments.',
  },
  LABEL_UNKNOWN: { kind: 'notFound', help: 'A label is a branch, a tag or a commit; write "(_)" for a "/" in it.' },
  SETTINGS_UNKNOWN: { kind: 'notFound', help: 'Put a file for it into the repository, or correct the name.' },
  ADDRESS_UNKNOWN: { kind: 'notFound', help: 'GET /api/addresses lists what was learned.' },
  KEY_UNKNOWN: { kind: 'notFound', help: 'GET /gateway/api/keys lists the keys.' },
  SESSION_UNKNOWN: {
    kind: 'notFound',
    help: 'It may be over already; GET /gateway/api/sessions lists those that are.',
  },
  DEAD_LETTER_UNKNOWN: { kind: 'notFound', help: 'List the open dead letters and take an id from there.' },
  MAIL_UNKNOWN: { kind: 'notFound', help: 'GET /api/mails lists the mails with their ids.' },
  MAIL_NOT_KEPT: {
    kind: 'notFound',
    help: 'It was too large or could not be fetched: open it in the mailbox; POST /api/mails/{mailId}/settle says that this was done.',
  },
  MOVE_REFUSED: { kind: 'conflict', help: 'See the table of moves in docs/flow.md.' },
  DOCUMENT_ALREADY_SENT: { kind: 'conflict', help: 'A document that was sent is never changed; send a new invoice.' },
  RESEND_REFUSED: { kind: 'conflict', help: 'The findings say it in both languages, with what to do instead.' },
  NOTHING_TO_DECIDE: {
    kind: 'conflict',
    help: 'Only an invoice whose detail is DECISION_NEEDED waits for a decision.',
  },
  INVOICE_MUST_STAY: { kind: 'conflict', help: 'The law or a running step needs it; see docs/adr/0008-deletion.md.' },
  CUSTOMER_HAS_INVOICES: {
    kind: 'conflict',
    help: 'Delete or keep its invoices first; see docs/adr/0008-deletion.md.',
  },
  VAT_NUMBER_TAKEN: {
    kind: 'conflict',
    help: 'Correct it; where two customers are one firm, somebody who reaches both (role ARUBA) puts the profile.',
  },
  REGISTER_IN_USE: {
    kind: 'conflict',
    help: 'A start is set before the first number of a year; for another series use another register.',
  },
  RECIPIENT_AMBIGUOUS: {
    kind: 'conflict',
    help: 'Give each of the customers named a recipient code or a PEC of its own, or correct their profiles.',
  },
  ANSWER_NOT_POSSIBLE: {
    kind: 'conflict',
    help: 'Only a public body answers, and only an invoice (FPA12) that SdI brought.',
  },
  ANSWER_GIVEN: {
    kind: 'conflict',
    help: 'An answer that stands is final for SdI; write to the supplier. GET /invoices/{n} shows it.',
  },
  ANSWER_TOO_LATE: {
    kind: 'conflict',
    help: 'After 15 days SdI takes no answer; settle it with the supplier, who may issue a credit note.',
  },
  NOT_SHOWABLE: {
    kind: 'conflict',
    help: 'Fetch its original instead; the findings of GET /invoices/{n} say what is wrong with it.',
  },
  CUSTOMER_EXISTS: { kind: 'conflict', help: 'Choose another username.' },
  KEY_ENDED: { kind: 'conflict', help: 'Make a new key with POST /gateway/api/keys.' },
  KEY_IN_USE: { kind: 'conflict', help: 'Revoke it first; what is deleted leaves its audit rows only.' },
  DEAD_LETTER_CLOSED: { kind: 'conflict', help: 'It was replayed or discarded already.' },
  MAIL_DONE: {
    kind: 'conflict',
    help: 'Only mails that are quarantined, failed or waiting can be tried again or settled.',
  },
  TOO_MANY_REQUESTS: { kind: 'tooMany', help: 'Wait for the seconds in Retry-After.' },
  WORK_BROKE_OFF: {
    kind: 'temporary',
    help: 'Try again; where the same document does it once more, split it or report it.',
  },
  MESSAGE_NOT_READABLE: { kind: 'poison', help: 'Look at the payload; correct its producer; discard or replay.' },
  NOT_SAVED_IN_TIME: { kind: 'temporary', help: 'Look whether dbmanager runs; a late save closes this dead letter.' },
  CALLBACK_FAILED: { kind: 'temporary', help: "Ask the customer to repair the callback's endpoint, then replay." },
  SIGNING_FAILED: {
    kind: 'temporary',
    help: "See the signer's /actuator/health; once it signs again, replay what lies in unsignedInvoice.DLT.",
  },
  MAIL_REFUSED: { kind: 'temporary', help: "Read the mail server's answer." },
  MAIL_WAITS: {
    kind: 'temporary',
    help: 'It goes out by itself; the receipt it waits for, or the bounds MAIL_PER_MINUTE_MAX and MAIL_PER_DAY_MAX, are named in the message.',
  },
  MAIL_SERVER_AWAY: { kind: 'unavailable', help: 'Check SMTP_URL and the mail server; sending goes on by itself.' },
  DATABASE_AWAY: { kind: 'unavailable', help: 'Check DATABASE_URL and the server; work goes on by itself.' },
  BUS_AWAY: { kind: 'unavailable', help: 'Check KAFKA_BROKERS and the brokers; work goes on by itself.' },
  KEYS_AWAY: {
    kind: 'unavailable',
    help: 'Try again after Retry-After; whoever runs the hub checks the database and STAFFETTA_KEY_PEPPER.',
  },
  SESSIONS_AWAY: {
    kind: 'unavailable',
    help: 'API keys and tokens go on; whoever runs the hub checks REDIS_URL and that Redis.',
  },
  PROVIDER_AWAY: {
    kind: 'unavailable',
    help: 'Try again in a moment; whoever runs the hub checks OIDC_ISSUER and that server.',
  },
  CLOCKS_APART: {
    kind: 'unavailable',
    help: 'Nothing is wrong with the request; whoever runs the hub sets the clocks of all its machines by NTP.',
  },
  SERVICE_AWAY: { kind: 'unavailable', help: 'Try again in a moment, or write to support.' },
  CONFIG_FILE_WRONG: { kind: 'internal', help: 'Correct the file; it is read anew at the next request.' },
  SETTING_WRONG: {
    kind: 'internal',
    help: 'Correct the named setting: a start needs it right, and what runs takes it once it is.',
  },
  UNEXPECTED: { kind: 'internal', help: 'This is our fault: report it with the correlation id.' },
} as const satisfies Record<string, { kind: ErrorKind; help: string }>;

/** A code of the table of errors. */
export type ErrorCode = keyof typeof errorTable;

/** An error with a code of the table; the message says what and where, `help` what to do next. */
export class HubError extends Error {
  readonly code: ErrorCode;
  readonly kind: ErrorKind;
  readonly help: string;
  /** All that is wrong, in both languages, where it is more than a sentence can say; answered beside the contract's fields. */
  readonly findings: readonly Finding[] | undefined;

  /**
   * @param code a row of the table
   * @param message what is wrong and where, in one sentence
   * @param cause the error underneath, kept for the logs
   * @param findings all that is wrong with what the caller sent
   */
  constructor(code: ErrorCode, message: string, cause?: unknown, findings?: readonly Finding[]) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = code;
    this.code = code;
    this.kind = errorTable[code].kind;
    this.help = errorTable[code].help;
    this.findings = findings;
  }
}
