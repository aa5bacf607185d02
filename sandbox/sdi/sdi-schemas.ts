// sandbox: what SdI's REST accepts, as JSON Schema.
import { noticeKinds } from '@staffetta/fatturapa/notices/notice-kinds.ts';

const text = { type: 'string', maxLength: 1_000 } as const;
const someText = { ...text, minLength: 1 } as const;
const sdiId = { type: 'string', pattern: '^[0-9]{1,12}$' } as const;
const times = { type: 'integer', minimum: 0, maximum: 86_400_000 } as const;
const format = { enum: ['FPA12', 'FPR12', 'FSM10'] } as const;
const sampleFormat = { enum: ['FPA12', 'FPR12'] } as const;
const page = { type: 'integer', minimum: 0, maximum: 1_000_000, default: 0 } as const;
const size = { type: 'integer', minimum: 1, maximum: 1_000, default: 50 } as const;

/** `GET /sdi/files`: newest first. */
export const filesQuery = {
  type: 'object',
  additionalProperties: false,
  properties: { page, size, fileName: text, mailbox: text, way: { enum: ['received', 'delivered'] } },
} as const;

/** `POST /sdi/rules`, also from the page. */
export const ruleBody = {
  type: 'object',
  additionalProperties: false,
  required: ['outcome'],
  properties: {
    match: { ...text, default: '' },
    outcome: someText,
    count: { type: 'integer', minimum: 1, maximum: 1_000_000 },
  },
} as const;

/** `PUT /sdi/times`. */
export const timesBody = {
  type: 'object',
  additionalProperties: false,
  minProperties: 1,
  properties: { answerMs: times, bodyAnswerMs: times },
} as const;

/** `POST /sdi/incoming` with JSON. */
export const incomingBody = {
  type: 'object',
  additionalProperties: false,
  required: ['to', 'file'],
  properties: { to: someText, file: { type: 'string', minLength: 1 }, fileName: someText, format },
} as const;

/** `POST /sdi/incoming` with the file itself. */
export const incomingQuery = {
  type: 'object',
  additionalProperties: false,
  properties: { to: someText, fileName: someText, format },
} as const;

/** `POST /sdi/notices`; the file by its number or by its name. */
export const noticeBody = {
  type: 'object',
  additionalProperties: false,
  required: ['kind'],
  oneOf: [{ required: ['sdiId'] }, { required: ['fileName'] }],
  properties: {
    sdiId,
    fileName: someText,
    kind: { enum: noticeKinds.filter((kind) => kind !== 'EC') },
    codes: { type: 'array', maxItems: 200, items: { type: 'string', pattern: '^[0-9]{5}$' } },
    esito: { enum: ['EC01', 'EC02'] },
    rejection: { enum: ['EN00', 'EN01'] },
    reason: text,
    position: { type: 'integer', minimum: 1, maximum: 100_000 },
  },
} as const;

/** The page's form for a notice. */
export const formNoticeBody = {
  ...noticeBody,
  properties: { sdiId, kind: noticeBody.properties.kind, reason: text },
} as const;

/** The page's form for a sample invoice. */
export const sampleBody = {
  type: 'object',
  additionalProperties: false,
  required: ['to'],
  properties: {
    to: someText,
    format: sampleFormat,
    customer: { type: 'string', pattern: '^[A-Z]{2}[A-Za-z0-9]{2,28}$' },
  },
} as const;
