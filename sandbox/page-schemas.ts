// sandbox: what its REST accepts, as JSON Schema.

const page = { type: 'integer', minimum: 0, maximum: 1_000_000, default: 0 } as const;
const size = { type: 'integer', minimum: 1, maximum: 1_000, default: 50 } as const;
const text = { type: 'string', maxLength: 1_000 } as const;
const number = { type: 'integer' } as const;
const delayMs = { type: 'integer', minimum: 0, maximum: 600_000 } as const;
const yes = { type: 'boolean' } as const;

/** `GET /`: which page of each list, and what to look for. */
export const pageQuery = {
  type: 'object',
  properties: {
    mails: page,
    callbacks: page,
    sdi: page,
    inbox: page,
    mailbox: { ...text, default: '' },
    fileName: { ...text, default: '' },
    correlationId: { ...text, default: '' },
  },
} as const;

/** `GET /api/mails`. */
export const mailListQuery = {
  type: 'object',
  additionalProperties: false,
  properties: { page, size, fileName: text, correlationId: text, messageId: text },
} as const;

/** `GET /api/callbacks`. */
export const callbackListQuery = {
  type: 'object',
  additionalProperties: false,
  properties: {
    page,
    size,
    path: text,
    invoiceNumber: number,
    invoiceId: text,
    invoiceStatus: text,
    correlationId: text,
    webhookId: text,
    answered: number,
  },
} as const;

/** `PUT /smtp-behaviour`. */
export const smtpBehaviourBody = {
  type: 'object',
  additionalProperties: false,
  minProperties: 1,
  properties: {
    down: yes,
    match: text,
    code: { type: 'integer', minimum: 250, maximum: 599 },
    // The reply is one line: a line break in it would be another reply.
    text: { type: 'string', maxLength: 400, pattern: '^[\\x20-\\x7e]*$' },
    times: { type: 'integer', minimum: 0 },
    delayMs,
    hang: yes,
    cut: yes,
    keep: yes,
  },
} as const;

/** `PUT /callbacks-behaviour`. */
export const callbackRuleBody = {
  type: 'object',
  additionalProperties: false,
  required: ['path'],
  properties: {
    path: text,
    fail: { type: 'integer', minimum: 0 },
    status: { type: 'integer', minimum: 200, maximum: 599 },
    delayMs,
    hang: yes,
    retryAfter: {
      anyOf: [
        { type: 'integer', minimum: 0 },
        { type: 'string', maxLength: 100, pattern: '^[\\x20-\\x7e]*$' },
      ],
    },
  },
} as const;
