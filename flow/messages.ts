// flow: the shapes that travel, as schemas of the contract's DTOs; readers ignore fields they do not know.
import { Type, type Static } from 'typebox';
import { invoiceStatuses, notificationStatuses } from './statuses.ts';

const wallTime = Type.String({ description: 'Europe/Rome wall time, ISO 8601 without zone' });
const audit = {
  createdAt: Type.Optional(wallTime),
  createdBy: Type.Optional(Type.String()),
  updatedAt: Type.Optional(wallTime),
  updatedBy: Type.Optional(Type.String()),
};

/** The contract's customer as it travels; the password never does. */
export const CustomerDto = Type.Object({
  customerId: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
  username: Type.Optional(Type.String()),
  email: Type.Optional(Type.String()),
  customerType: Type.Optional(Type.Enum(['SDI', 'ARUBA'])),
  ...audit,
});
/** A customer on the wire. */
export type CustomerDto = Static<typeof CustomerDto>;

/** One thing that a check found in a document. */
export const Finding = Type.Object({
  code: Type.String(),
  severity: Type.Enum(['error', 'warning']),
  file: Type.Optional(Type.String({ description: 'the file of an archive that it is about' })),
  path: Type.Optional(Type.String()),
  line: Type.Optional(Type.Integer()),
  column: Type.Optional(Type.Integer()),
  value: Type.Optional(Type.String()),
  message: Type.Object({ it: Type.String(), en: Type.String() }),
  fix: Type.Optional(Type.Object({ it: Type.String(), en: Type.String() })),
});
/** One thing that a check found in a document. */
export type Finding = Static<typeof Finding>;

/** One body of a lot, as the outcome shows it. */
export const DocumentSummary = Type.Object({
  numero: Type.Optional(Type.String()),
  data: Type.Optional(Type.String()),
  totale: Type.Optional(Type.String()),
  detail: Type.Optional(Type.String()),
  file: Type.Optional(Type.String({ description: 'the file of an archive that holds it' })),
});
/** One body of a lot, as the outcome shows it. */
export type DocumentSummary = Static<typeof DocumentSummary>;

/** An invoice as a JSON object in place of its XML; which names it may hold is judged where it is understood. */
export const JsonDocument = Type.Record(Type.String(), Type.Unknown(), {
  description: "the invoice as JSON, instead of `invoice`: the XML's own names, or the shorter shape",
});

/** The contract's invoice as it travels on the bus and to callbacks (fields of our own are optional). */
export const InvoiceDto = Type.Object({
  invoiceNumber: Type.Optional(Type.Integer()),
  invoiceStatus: Type.Optional(Type.Enum([...invoiceStatuses])),
  invoice: Type.Optional(Type.String()),
  file: Type.Optional(Type.String({ description: 'the exact bytes in base64, instead of `invoice`' })),
  document: Type.Optional(JsonDocument),
  fileName: Type.Optional(Type.String()),
  customer: CustomerDto,
  callback: Type.Optional(Type.String()),
  statusLastUpdatedAt: Type.Optional(wallTime),
  ...audit,
  correlationId: Type.Optional(Type.String()),
  invoiceId: Type.Optional(Type.String({ description: 'our UUIDv7' })),
  detail: Type.Optional(Type.String({ description: 'the finer state' })),
  documents: Type.Optional(Type.Array(DocumentSummary)),
  findings: Type.Optional(Type.Array(Finding)),
  sequence: Type.Optional(Type.Integer({ description: 'orders the outcomes of one invoice, from 1' })),
});
/** An invoice on the wire. */
export type InvoiceDto = Static<typeof InvoiceDto>;

/** What the receiver puts on `incomingInvoice`: the InvoiceDto plus what the dbmanager needs to store it once. */
export const IncomingInvoice = Type.Object({
  ...InvoiceDto.properties,
  invoiceId: Type.String(),
  invoiceStatus: Type.Enum(['INTERNAL_INVOICE_NEW', 'EXTERNAL_INVOICE']),
  correlationId: Type.String(),
  idempotencyKey: Type.Optional(Type.String()),
  correlationGiven: Type.Optional(Type.Boolean({ description: 'the caller gave the correlation id' })),
  metadata: Type.Optional(Type.String({ description: "SdI's notice MT, which came with it, as it came, in base64" })),
  metadataName: Type.Optional(Type.String({ description: 'the name of that notice' })),
  mailbox: Type.Optional(Type.String({ description: 'the PEC mailbox that it came to' })),
  certifiedAt: Type.Optional(
    Type.String({
      description: 'ISO 8601 in UTC: when the mail that brought it was certified; the term to answer counts from it',
    }),
  ),
});
/** A new invoice on its way to the store. */
export type IncomingInvoice = Static<typeof IncomingInvoice>;

/** What the dbmanager puts on `savedInvoice`: an outcome. `invoiceId` and `sequence` are absent for an unknown invoice. */
export const SavedInvoice = Type.Object({ ...InvoiceDto.properties, invoiceStatus: Type.Enum([...invoiceStatuses]) });
/** An outcome on its way to the customer. */
export type SavedInvoice = Static<typeof SavedInvoice>;

/** What the sender needs to mail a transmission; the InvoiceDto with the transmission beside it. */
export const OutgoingInvoice = Type.Object({
  ...InvoiceDto.properties,
  invoiceId: Type.String(),
  transmission: Type.Object({
    transmissionId: Type.String(),
    fileName: Type.String({ description: "SdI's file name" }),
    sha256: Type.String({ description: 'hex, of the exact bytes' }),
    mailbox: Type.Optional(Type.String({ description: 'the PEC mailbox that sends it; absent: the main one' })),
  }),
});
/** An invoice on its way to SdI. */
export type OutgoingInvoice = Static<typeof OutgoingInvoice>;

/** How a file is signed: `cades` in an envelope (`.xml.p7m`), `xades` inside itself (`.xml`). */
export const signFormats = ['cades', 'xades'] as const;
/** One of the two. */
export type SignFormat = (typeof signFormats)[number];

/** What the signer needs to sign a transmission; the InvoiceDto with the transmission beside it. */
export const UnsignedInvoice = Type.Object({
  ...InvoiceDto.properties,
  invoiceId: Type.String(),
  transmission: Type.Object({
    transmissionId: Type.String(),
    fileName: Type.String({ description: "SdI's file name, which the signed file will have" }),
    sha256: Type.String({ description: 'hex, of the exact bytes to sign' }),
    format: Type.Enum([...signFormats]),
  }),
});
/** An invoice on its way to its signature. */
export type UnsignedInvoice = Static<typeof UnsignedInvoice>;

/** A signed file on its way back. */
export const SignedInvoice = Type.Object({
  invoiceId: Type.String(),
  transmissionId: Type.String(),
  correlationId: Type.Optional(Type.String()),
  file: Type.String({ description: 'the exact bytes of the signed file in base64' }),
  sha256: Type.String({ description: 'hex, of those bytes' }),
  signedBy: Type.Optional(Type.String({ description: "the certificate's subject" })),
});
/** A signed file on its way back. */
export type SignedInvoice = Static<typeof SignedInvoice>;

/** What became of a transmission at the mail server. */
export const SentInvoice = Type.Object({
  ...InvoiceDto.properties,
  invoiceId: Type.String(),
  transmissionId: Type.String(),
  invoiceStatus: Type.Enum(['INTERNAL_INVOICE_SENT', 'INTERNAL_INVOICE_NOT_SENT']),
  messageId: Type.Optional(Type.String()),
  reason: Type.Optional(Type.String({ description: "the mail server's answer" })),
});
/** What became of a transmission at the mail server. */
export type SentInvoice = Static<typeof SentInvoice>;

/** The contract's notification of SdI. */
export const SdiNotificationDto = Type.Object({
  customerId: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
  invoiceNumber: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
  status: Type.Enum([...notificationStatuses]),
  correlationId: Type.Optional(Type.String()),
  ...audit,
});
/** SdI's answer on the wire. */
export type SdiNotificationDto = Static<typeof SdiNotificationDto>;

/** A file of SdI's notices on its way to the store, as it came. */
export const SdiNotice = Type.Object({
  file: Type.String({ description: 'the exact bytes in base64: XML, p7m, or a zip of these' }),
  fileName: Type.Optional(Type.String({ description: 'as it was handed in' })),
  source: Type.Enum(['rest', 'mailbox'], { description: 'the way it came' }),
  certifiedAt: Type.Optional(
    Type.String({ description: 'ISO 8601 in UTC: when the PEC provider certified the mail that brought it' }),
  ),
  signature: Type.Optional(
    Type.Enum(['valid', 'untrusted', 'broken', 'absent'], {
      description: "what became of SdI's signature at the door, where it was judged; the worst of an archive's notices",
    }),
  ),
  correlationId: Type.Optional(Type.String()),
  createdBy: Type.Optional(Type.String()),
});
/** A file of SdI's notices on its way to the store, as it came. */
export type SdiNotice = Static<typeof SdiNotice>;

/** The receipts of PEC that say something of a mail that we sent (by the words of their header X-Ricevuta). */
export const pecReceiptKinds = [
  'accettazione',
  'non-accettazione',
  'presa-in-carico',
  'avvenuta-consegna',
  'preavviso-errore-consegna',
  'errore-consegna',
  'rilevazione-virus',
] as const;
/** A kind of receipt. */
export type PecReceiptKind = (typeof pecReceiptKinds)[number];

/** What a PEC provider certifies of a mail that we sent; the mail itself stays with the mailbox. */
export const PecReceipt = Type.Object({
  receipt: Type.Enum([...pecReceiptKinds]),
  ofMessageId: Type.String({ description: 'Message-ID of our mail, with its angle brackets' }),
  mailbox: Type.String({ description: 'the mailbox that got the receipt, which sent the mail' }),
  mailId: Type.String({ description: 'under which the mailbox keeps the receipt: /api/mails/{mailId}' }),
  at: Type.Optional(Type.String({ description: 'ISO 8601 in UTC, as the provider says' })),
  recipient: Type.Optional(Type.String()),
  provider: Type.Optional(Type.String()),
  reason: Type.Optional(Type.String({ description: "what went wrong, in the provider's words" })),
  daticert: Type.Optional(Type.String({ description: "the provider's daticert.xml, as it came" })),
  sha256: Type.String({ description: 'hex, of the exact bytes of the mail that holds the receipt' }),
});
/** What a PEC provider certifies of a mail that we sent. */
export type PecReceipt = Static<typeof PecReceipt>;

/** Where SdI wants the files of a mailbox from now on, learned from a mail of its own. */
export const SdiAddress = Type.Object({
  mailbox: Type.String({ description: 'whose files' }),
  address: Type.String({ description: "SdI's dedicated address for it, as sdi12@pec.fatturapa.it" }),
  learnedAt: Type.String({ description: 'ISO 8601 in UTC: when the mail that says so came' }),
  mailId: Type.String({ description: 'under which the mailbox keeps that mail' }),
  saidBy: Type.Optional(
    Type.Enum(['answer', 'invoice'], {
      description:
        'an answer about a file of ours (default), or an incoming invoice: that counts only where nothing is known yet',
    }),
  ),
});
/** Where SdI wants the files of a mailbox from now on. */
export type SdiAddress = Static<typeof SdiAddress>;

/** What a trusted system may ask of the customers by message: the REST body with a command. */
export const CustomerCommand = Type.Object({
  command: Type.Enum(['create', 'update', 'delete']),
  customerId: Type.Optional(Type.Integer({ minimum: 1 })),
  username: Type.Optional(Type.String()),
  email: Type.Optional(Type.String()),
  customerType: Type.Optional(Type.Enum(['SDI', 'ARUBA'])),
  password: Type.Optional(Type.String()),
});
/** A command about a customer. */
export type CustomerCommand = Static<typeof CustomerCommand>;

/** The outcome of a customer command. */
export const SavedCustomer = Type.Object({
  command: Type.Enum(['create', 'update', 'delete']),
  statusCode: Type.String(),
  statusMsg: Type.String(),
  customer: Type.Optional(CustomerDto),
});
/** The outcome of a customer command. */
export type SavedCustomer = Static<typeof SavedCustomer>;

/** What a trusted system may ask of the invoices by message: the REST body with a command. */
export const InvoiceCommand = Type.Object({
  command: Type.Enum(['create', 'update', 'delete']),
  invoiceNumber: Type.Optional(Type.Integer({ minimum: 1 })),
  invoiceStatus: Type.Optional(Type.Enum([...invoiceStatuses])),
  invoice: Type.Optional(Type.String()),
  file: Type.Optional(Type.String()),
  document: Type.Optional(JsonDocument),
  fileName: Type.Optional(Type.String()),
  customer: Type.Optional(CustomerDto),
  callback: Type.Optional(Type.String()),
  correlationId: Type.Optional(Type.String()),
});
/** A command about an invoice. */
export type InvoiceCommand = Static<typeof InvoiceCommand>;

/** The answer to whatever enters the saga by REST. */
export const Accepted = Type.Object(
  { statusCode: Type.String(), statusMsg: Type.String() },
  {
    description:
      'The request is durably in the log; what became of it is told by the callback or found by correlation id.',
    examples: [{ statusCode: '202', statusMsg: 'Richiesta accettata e in elaborazione' }],
  },
);

/** What every 202 says. */
export const acceptedBody: Static<typeof Accepted> = {
  statusCode: '202',
  statusMsg: 'Richiesta accettata e in elaborazione',
};
