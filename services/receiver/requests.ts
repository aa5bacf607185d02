// receiver: the shapes that the three endpoints take and give, as the contract names them.
import { documentSchemas, exampleDocument } from '@staffetta/fatturapa/compose/document-schemas.ts';
import { CustomerDto, Finding } from '@staffetta/flow/messages.ts';
import { notificationStatuses } from '@staffetta/flow/statuses.ts';
import { optional } from '@staffetta/platform/http/validation.ts';
import { Type, type Static } from 'typebox';

const ignored = Type.Optional(Type.Unknown({ description: 'set by the system; ignored on the way in' }));
const ignoredAudit = {
  statusLastUpdatedAt: ignored,
  createdAt: ignored,
  createdBy: ignored,
  updatedAt: ignored,
  updatedBy: ignored,
};
const id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });

/** Only described here: whether it fits is judged with better words (`read-document.ts`). `$defs` are shown and ask for nothing. */
const jsonDocument = Type.Unsafe<Readonly<Record<string, unknown>>>({
  type: 'object',
  description:
    "salvaFatturaInterna: instead of `invoice`, the invoice as JSON: in the shorter shape (shortInvoice), or with the XML's own names. What is left out is reckoned or taken from the customer's profile; number and date are given where they are absent.",
  $defs: documentSchemas(),
  examples: [exampleDocument],
});

/**
 * What `salvaFatturaInterna` and `salvaFatturaEsterna` take. The document has no length keyword: counting the
 * characters of the
 * whole text costs more than the rest of the check; its bytes are counted instead.
 */
export const InvoiceRequest = Type.Object(
  {
    invoice: optional(Type.String({ description: 'the invoice as XML text' })),
    file: optional(
      Type.String({ description: 'instead of `invoice`: the exact bytes in base64 (p7m, zip, other encodings)' }),
    ),
    document: optional(jsonDocument),
    fileName: optional(Type.String({ maxLength: 255, description: 'the name of `file`' })),
    metadata: optional(
      Type.String({ description: "salvaFatturaEsterna: SdI's notice MT that came with the invoice, in base64" }),
    ),
    metadataName: optional(Type.String({ maxLength: 255, description: 'the name of `metadata`' })),
    mailbox: optional(
      Type.String({
        maxLength: 256,
        pattern: '^[^\\s@\\u0000]+@[^\\s@\\u0000]+$',
        description: 'the PEC mailbox that `metadata` came to, from which an answer goes out',
      }),
    ),
    certifiedAt: optional(
      Type.String({
        maxLength: 40,
        description:
          'ISO 8601: when the mail that brought `metadata` was certified; believed of the service mailbox alone',
      }),
    ),
    customer: Type.Object(
      {
        customerId: CustomerDto.properties.customerId,
        username: optional(Type.String()),
        email: optional(Type.String()),
        customerType: optional(Type.Enum(['SDI', 'ARUBA'])),
        password: optional(Type.String()),
        ...ignoredAudit,
      },
      { description: 'only `customerId` counts; the rest is filled in from the store' },
    ),
    callback: optional(Type.String({ description: 'absolute http(s) URL to tell the outcomes to' })),
    correlationId: optional(Type.String({ description: 'counts where the header X-Correlation-ID is not sent' })),
    invoiceNumber: optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: 'only a wish' })),
    invoiceStatus: optional(Type.String({ description: 'ignored on the way in' })),
    ...ignoredAudit,
  },
  {
    description: 'InvoiceDto',
    examples: [
      {
        invoice: '<?xml version="1.0"?><p:FatturaElettronica xmlns:p="…" versione="FPR12">…</p:FatturaElettronica>',
        customer: { customerId: 2, username: 'test_user_1' },
        callback: 'http://127.0.0.1:8090/callback',
      },
    ],
  },
);
/** The body of an invoice request. */
export type InvoiceRequest = Static<typeof InvoiceRequest>;

/** What `notificaSdI` takes. */
export const NotificationRequest = Type.Object(
  {
    customerId: id,
    invoiceNumber: id,
    status: Type.Enum([...notificationStatuses]),
    correlationId: optional(Type.String()),
    ...ignoredAudit,
  },
  {
    description: 'SdiNotificationDto',
    examples: [{ customerId: 2, invoiceNumber: 41, status: 'INTERNAL_INVOICE_DELIVERED' }],
  },
);
/** The body of a notification request. */
export type NotificationRequest = Static<typeof NotificationRequest>;

/** What comes beside raw bytes. */
export const RawInvoiceQuery = Type.Object({
  customerId: Type.Optional(Type.Integer({ ...id, description: 'required with raw bytes' })),
  callback: Type.Optional(Type.String()),
  fileName: Type.Optional(Type.String({ maxLength: 255 })),
});
/** What comes beside raw bytes. */
export type RawInvoiceQuery = Static<typeof RawInvoiceQuery>;

/** The contract's error. */
export const Refused = Type.Object(
  {
    apiPath: Type.String(),
    errorCode: Type.String(),
    errorMessage: Type.String(),
    errorTime: Type.String(),
    findings: Type.Optional(
      Type.Array(Finding, { description: 'where a JSON document has none of its shapes: all that does not fit' }),
    ),
  },
  {
    examples: [
      {
        apiPath: '/api/salvaFatturaInterna',
        errorCode: 'BAD_REQUEST',
        errorMessage: 'body/customer/customerId must be integer. Correct the named field and send the request again.',
        errorTime: '2026-11-22T10:15:30.123',
      },
    ],
  },
);

/** Media types of raw documents; what is XML by name or by its first character may travel as text. */
export const rawMediaTypes = [
  'application/xml',
  'text/xml',
  'application/pkcs7-mime',
  'application/zip',
  'application/octet-stream',
] as const;
