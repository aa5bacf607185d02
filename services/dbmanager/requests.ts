// dbmanager: the shapes that its REST takes, as the contract names them; Java clients write null for what they do not set.
import { exampleDocument } from '@staffetta/fatturapa/compose/document-schemas.ts';
import { invoiceStatuses } from '@staffetta/flow/statuses.ts';
import { optional } from '@staffetta/platform/http/validation.ts';
import { Type, type Static } from 'typebox';

const ignored = Type.Optional(Type.Unknown({ description: 'set by the system; ignored on the way in' }));
const ignoredAudit = { createdAt: ignored, createdBy: ignored, updatedAt: ignored, updatedBy: ignored };
const id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });

/** A customer's id in the path. */
export const CustomerPath = Type.Object({ customerId: id });
/** A customer's id in the path. */
export type CustomerPath = Static<typeof CustomerPath>;

/** An invoice's number in the path. */
export const InvoicePath = Type.Object({ invoiceNumber: id });
/** An invoice's number in the path. */
export type InvoicePath = Static<typeof InvoicePath>;

/** A customer to create or what to change of one. */
export const CustomerRequest = Type.Object(
  {
    customerId: Type.Optional(Type.Unknown({ description: 'given by the system; ignored on the way in' })),
    username: optional(Type.String()),
    email: optional(Type.String()),
    customerType: optional(Type.Enum(['SDI', 'ARUBA'])),
    password: optional(Type.String({ description: 'write-only' })),
    ...ignoredAudit,
  },
  { description: 'CustomerDto', examples: [{ username: 'rossi', email: 'rossi@example.it', customerType: 'ARUBA' }] },
);
/** A customer to create or what to change of one. */
export type CustomerRequest = Static<typeof CustomerRequest>;

/** An invoice to send, or what to change of one. */
export const InvoiceRequest = Type.Object(
  {
    invoice: optional(Type.String({ description: 'the invoice as XML text' })),
    file: optional(Type.String({ description: 'instead of `invoice`: the exact bytes in base64' })),
    document: optional(
      Type.Unsafe<Readonly<Record<string, unknown>>>({
        type: 'object',
        description:
          "instead of `invoice`: the invoice as JSON, in the shorter shape or with the XML's own names (described at the receiver's salvaFatturaInterna)",
        examples: [exampleDocument],
      }),
    ),
    fileName: optional(Type.String()),
    callback: optional(Type.String({ description: 'absolute http(s) URL; null removes it on a change' })),
    correlationId: optional(Type.String()),
    customer: optional(Type.Object({ customerId: id })),
    invoiceNumber: ignored,
    invoiceStatus: ignored,
    statusLastUpdatedAt: ignored,
    ...ignoredAudit,
  },
  { description: 'InvoiceDto' },
);
/** An invoice to send, or what to change of one. */
export type InvoiceRequest = Static<typeof InvoiceRequest>;

/** A status to move to by hand, and why. The contract's clients send it as `invoiceStatus` or as `status`. */
export const StatusRequest = Type.Object(
  {
    invoiceStatus: Type.Optional(Type.Enum([...invoiceStatuses])),
    status: Type.Optional(Type.Enum([...invoiceStatuses])),
    reason: optional(Type.String({ description: 'kept in the audit and in the history' })),
  },
  { examples: [{ invoiceStatus: 'INTERNAL_INVOICE_DELIVERED', reason: 'seen on the AdE portal' }] },
);
/** A status to move to by hand, and why. */
export type StatusRequest = Static<typeof StatusRequest>;

/** What is sent again: nothing for the same file, or the corrected document. */
export const ResendRequest = Type.Object(
  {
    invoice: optional(Type.String({ description: 'the corrected invoice as XML text' })),
    file: optional(Type.String({ description: 'instead of `invoice`: the exact bytes in base64' })),
    document: optional(
      Type.Unsafe<Readonly<Record<string, unknown>>>({
        type: 'object',
        description:
          'instead of `invoice`: the corrected invoice as JSON; numbers that it leaves out stay as they were',
      }),
    ),
    fileName: optional(Type.String()),
    reason: optional(Type.String({ description: 'kept in the audit and in the history' })),
  },
  {
    // A correction under a name with a slip would be overlooked, and the file as it was sent again.
    additionalProperties: false,
    examples: [{}, { invoice: '<p:FatturaElettronica …', reason: 'aliquota corretta dopo lo scarto 00423' }],
  },
);
/** What is sent again: nothing for the same file, or the corrected document. */
export type ResendRequest = Static<typeof ResendRequest>;

/** What goes with raw bytes that are sent again. */
export const ResendQuery = Type.Object({
  fileName: Type.Optional(Type.String({ maxLength: 255, description: 'the name of the raw bytes' })),
  reason: Type.Optional(Type.String({ description: 'why, where the body is raw bytes' })),
});
/** What goes with raw bytes that are sent again. */
export type ResendQuery = Static<typeof ResendQuery>;

/** What somebody found out about an invoice whose detail is DECISION_NEEDED. */
export const DecisionRequest = Type.Object(
  {
    firstCopyTaken: Type.Boolean({ description: 'whether SdI took a copy of the file: looked up on its portal' }),
    file: optional(
      Type.String({ description: 'the file of an archive that it is about; all doubtful ones without it' }),
    ),
    reason: optional(Type.String({ description: 'kept in the audit and told with the outcome' })),
  },
  {
    // `file` under a name with a slip would decide about all files.
    additionalProperties: false,
    examples: [{ firstCopyTaken: true, reason: 'ricevuta di consegna vista nel portale' }],
  },
);
/** What somebody found out about an invoice whose detail is DECISION_NEEDED. */
export type DecisionRequest = Static<typeof DecisionRequest>;

/** What a page of customers is asked by. */
export const CustomersQuery = Type.Object({
  page: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
  size: Type.Optional(Type.Integer({ minimum: 1 })),
});
/** What a page of customers is asked by. */
export type CustomersQuery = Static<typeof CustomersQuery>;

// U+0000 is no text for the database, so that a search for it could only fail.
const text = Type.String({ maxLength: 200, pattern: '^[^\\u0000]*$' });

const day = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', description: 'the date of the document, as 2026-11-22' });
const amount = Type.String({
  pattern: '^-?\\d{1,15}(\\.\\d{1,8})?$',
  description: 'of the document, as 122.00; where it states no total, the sum of taxable amounts and VAT',
});
const party = 'a VAT number or tax code (exactly), or words of the name (by their beginnings)';

/** What a page of invoices is asked by. */
export const InvoicesQuery = Type.Object({
  status: Type.Optional(Type.Enum([...invoiceStatuses])),
  startDate: Type.Optional(Type.String({ description: 'created on this day or at this Rome wall time, or later' })),
  endDate: Type.Optional(Type.String({ description: 'created on this day or at this Rome wall time, or before' })),
  correlationId: Type.Optional(text),
  customerId: Type.Optional(id),
  supplier: Type.Optional({ ...text, description: `supplier: ${party}` }),
  customer: Type.Optional({ ...text, description: `buyer: ${party}` }),
  numero: Type.Optional({ ...text, description: 'the number of the document, exactly' }),
  dataDa: Type.Optional(day),
  dataA: Type.Optional(day),
  totaleMin: Type.Optional(amount),
  totaleMax: Type.Optional(amount),
  tipo: Type.Optional(Type.String({ pattern: '^TD\\d{2}$', description: 'TipoDocumento, as TD01' })),
  divisa: Type.Optional(Type.String({ pattern: '^[A-Z]{3}$', description: 'as EUR' })),
  page: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
  size: Type.Optional(Type.Integer({ minimum: 1 })),
  sort: Type.Optional(Type.Union([text, Type.Array(text, { maxItems: 5 })])),
  documents: Type.Optional(Type.Boolean({ description: 'false leaves the documents out' })),
});
/** What a page of invoices is asked by. */
export type InvoicesQuery = Static<typeof InvoicesQuery>;

const places = { minimum: 1, maximum: 1_000_000 };
const place = Type.Integer(places);
const uuid = '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$';
const transmission = Type.Optional(
  Type.String({
    pattern: uuid,
    description: 'the bytes as sent by this transmission, one of those that GET /invoices/{n} lists',
  }),
);

/** A file that was sent, in the path. */
export const TransmissionPath = Type.Object({ invoiceNumber: id, transmissionId: Type.String({ pattern: uuid }) });
/** A file that was sent, in the path. */
export type TransmissionPath = Static<typeof TransmissionPath>;

/** Which file of an invoice. */
export const TransmissionQuery = Type.Object({ transmission });
/** Which file of an invoice. */
export type TransmissionQuery = Static<typeof TransmissionQuery>;

/** Which document of an invoice's file. */
export const DocumentQuery = Type.Object({
  transmission,
  document: Type.Optional(Type.Integer({ ...places, description: 'which document of an archive, from 1' })),
});
/** Which document of an invoice's file. */
export type DocumentQuery = Static<typeof DocumentQuery>;

/** How an invoice is shown. */
export const SheetQuery = Type.Object({
  transmission,
  lang: Type.Optional(Type.Enum(['it', 'en'], { description: 'it by default' })),
  document: Type.Optional(Type.Integer({ ...places, description: 'the one document of an archive, from 1' })),
  body: Type.Optional(Type.Integer({ ...places, description: 'the one body of a lot, from 1' })),
});
/** How an invoice is shown. */
export type SheetQuery = Static<typeof SheetQuery>;

/** An attachment of an invoice in the path. */
export const AttachmentPath = Type.Object({ invoiceNumber: id, index: place });
/** An attachment of an invoice in the path. */
export type AttachmentPath = Static<typeof AttachmentPath>;

/** Which originals are exported. */
export const ExportQuery = Type.Object({
  from: Type.String({
    description: 'stored on this day or at this Rome wall time, or later',
    examples: ['2026-11-01'],
  }),
  to: Type.String({ description: 'stored on this day or at this Rome wall time, or before', examples: ['2026-11-30'] }),
  customerId: Type.Optional(id),
  kind: Type.Optional(Type.Enum(['internal', 'external'], { description: 'issued or received; both by default' })),
});
/** Which originals are exported. */
export type ExportQuery = Static<typeof ExportQuery>;

/** What a piece of the report is asked by. */
export const ReportQuery = Type.Object({
  after: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
  size: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
});
/** What a piece of the report is asked by. */
export type ReportQuery = Static<typeof ReportQuery>;

/** A search for one customer. */
export const UsernameQuery = Type.Object({ username: text });
/** A search for one customer. */
export type UsernameQuery = Static<typeof UsernameQuery>;

/** A search for one customer of a type. */
export const TypeAndUsernameQuery = Type.Object({ type: Type.Enum(['SDI', 'ARUBA']), username: text });
/** A search for one customer of a type. */
export type TypeAndUsernameQuery = Static<typeof TypeAndUsernameQuery>;

/** A search for one customer of a type. */
export const TypeAndIdQuery = Type.Object({ type: Type.Enum(['SDI', 'ARUBA']), customerId: id });
/** A search for one customer of a type. */
export type TypeAndIdQuery = Static<typeof TypeAndIdQuery>;
