// gateway: the shapes of its own REST, for checks on the way in and for its API page; they describe what the tables of fields make.
import { Type, type Static, type TProperties } from 'typebox';
import { statusWords, type StatusWord } from './invoice-fields.ts';

const id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
const uuidForm = '[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}';
const instant = Type.String({ format: 'date-time', description: 'RFC 3339, UTC' });
const words = Type.Object({ it: Type.String(), en: Type.String() }, { description: 'in both languages' });
const text = Type.String({ maxLength: 200, pattern: '^[^\\u0000]*$' });
const day = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', description: 'the date of the document, as 2026-11-22' });
const amount = Type.String({ pattern: '^-?\\d{1,15}(\\.\\d{1,8})?$', description: 'as 1220.00' });
const statuses = Object.values(statusWords) as StatusWord[];
const status = Type.Enum(statuses);
const direction = Type.Enum(['issued', 'received']);

/** All may stay away, but for those named. */
function part<P extends TProperties>(properties: P, always: readonly (keyof P & string)[] = []) {
  return Type.Unsafe<Readonly<Record<string, unknown>>>({
    type: 'object',
    properties,
    ...(always.length > 0 && { required: [...always] }),
  });
}

/** An invoice in a path: by the id that the 202 told, or by its number. */
export const InvoicePath = Type.Object({
  id: Type.String({
    pattern: `^(?:\\d{1,15}|${uuidForm})$`,
    description: 'the id that the 202 told, or the number of the invoice in this hub',
    examples: ['1'],
  }),
});
/** An invoice in a path. */
export type InvoicePath = Static<typeof InvoicePath>;

/** A file that was sent, in a path. */
export const TransmissionPath = Type.Object({
  ...InvoicePath.properties,
  transmissionId: Type.String({ pattern: `^${uuidForm}$`, description: 'the id of a transmission' }),
});
/** A file that was sent, in a path. */
export type TransmissionPath = Static<typeof TransmissionPath>;

/** A customer in a path. */
export const CustomerPath = Type.Object({ customerId: Type.Integer({ ...id, examples: [2] }) });
/** A customer in a path. */
export type CustomerPath = Static<typeof CustomerPath>;

const documentWishes = {
  xml: Type.Optional(Type.String({ description: 'the invoice as XML text' })),
  file: Type.Optional(Type.String({ description: 'or its exact bytes in base64 (XML, p7m, zip)' })),
  document: Type.Optional(
    Type.Unsafe<Readonly<Record<string, unknown>>>({
      type: 'object',
      description: "or the invoice as JSON: the shorter shape, or the XML's own names",
    }),
  ),
  fileName: Type.Optional(Type.String({ maxLength: 255 })),
};

const exampleDocument = {
  customer: {
    name: 'Studio Neri Associati',
    vatNumber: 'IT11223344554',
    address: { street: 'Viale dei Campioni 7', postcode: '20121', city: 'Milano', province: 'MI' },
  },
  lines: [{ description: 'Manutenzione impianto', quantity: 3, unit: 'ore', price: '45.50', vatRate: 22 }],
};

/** An invoice to send or to keep, in one of three forms. */
export const NewInvoice = Type.Object(
  {
    customerId: Type.Optional({ ...id, description: 'whose invoice it is; a customer may leave it out' }),
    direction: Type.Optional({
      ...direction,
      description: '`issued` goes to SdI, `received` is kept; issued by default',
    }),
    ...documentWishes,
    callbackUrl: Type.Optional(Type.String({ description: 'absolute http(s) URL to which outcomes are told' })),
  },
  {
    // A slip in a name would send an invoice without its callback.
    additionalProperties: false,
    examples: [{ customerId: 2, document: exampleDocument }],
  },
);
/** An invoice to send or to keep. */
export type NewInvoice = Static<typeof NewInvoice>;

/** What goes beside raw bytes. */
export const NewInvoiceQuery = Type.Object({
  customerId: Type.Optional({ ...id, description: 'with raw bytes; a customer may leave it out' }),
  direction: Type.Optional(direction),
  callbackUrl: Type.Optional(Type.String()),
  fileName: Type.Optional(Type.String({ maxLength: 255 })),
});
/** What goes beside raw bytes. */
export type NewInvoiceQuery = Static<typeof NewInvoiceQuery>;

/** What was taken. */
export const Taken = Type.Object({
  id: Type.Optional(Type.String({ description: 'under this the invoice is found once it is stored' })),
  customerId: id,
  direction,
  correlationId: Type.String(),
});

/** What a list is asked by. */
export const ListQuery = Type.Object({
  status: Type.Optional(status),
  direction: Type.Optional(direction),
  customerId: Type.Optional(id),
  correlationId: Type.Optional(text),
  supplier: Type.Optional({ ...text, description: 'a VAT number or tax code, or words of the name' }),
  buyer: Type.Optional({ ...text, description: 'a VAT number or tax code, or words of the name' }),
  documentNumber: Type.Optional({ ...text, description: 'the number of the document, exactly' }),
  issuedFrom: Type.Optional(day),
  issuedTo: Type.Optional(day),
  totalMin: Type.Optional(amount),
  totalMax: Type.Optional(amount),
  documentType: Type.Optional(Type.String({ pattern: '^TD\\d{2}$', description: 'TipoDocumento, as TD01' })),
  currency: Type.Optional(Type.String({ pattern: '^[A-Z]{3}$', description: 'as EUR' })),
  createdFrom: Type.Optional(Type.String({ maxLength: 40, description: 'a day, or an instant of RFC 3339' })),
  createdTo: Type.Optional(Type.String({ maxLength: 40, description: 'a day (with all of it), or an instant' })),
  order: Type.Optional(Type.Enum(['newest', 'oldest'])),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, examples: [2] })),
  cursor: Type.Optional(Type.String({ maxLength: 100, description: 'from `next` of the answer before' })),
});
/** What a list is asked by. */
export type ListQuery = Static<typeof ListQuery>;

const finding = part({ code: Type.String(), severity: Type.String(), message: words }, ['code', 'severity', 'message']);
const party = part({ name: Type.String(), id: Type.String() });

/** An invoice. */
export const Invoice = part(
  {
    id: Type.String(),
    number: id,
    customerId: id,
    customerName: Type.String(),
    direction,
    status,
    detail: Type.String({ description: 'the finer state' }),
    text: words,
    documents: Type.Array(
      part({
        number: Type.String(),
        date: Type.String(),
        total: Type.String(),
        type: Type.String(),
        currency: Type.String(),
        supplier: party,
        buyer: party,
        detail: Type.String(),
        file: Type.String(),
      }),
    ),
    findings: Type.Array(finding),
    fileName: Type.String(),
    callbackUrl: Type.String(),
    correlationId: Type.String(),
    revision: Type.Integer({ description: 'how many changes were told' }),
    statusChangedAt: instant,
    createdAt: instant,
    createdBy: Type.String(),
    updatedAt: instant,
    updatedBy: Type.String(),
    resendBy: Type.String(),
    deadlines: Type.Array(part({ kind: Type.String(), since: instant, due: instant, text: words })),
    alarms: Type.Array(part({ kind: Type.String(), raisedAt: instant, clearedAt: instant, text: words })),
    received: part({ sdiId: Type.String(), receivedAt: instant, answerBy: instant, mayBeAnswered: Type.Boolean() }),
    answers: Type.Array(part({ accepted: Type.Boolean(), reason: Type.String(), createdAt: instant })),
    links: Type.Record(Type.String(), Type.String()),
  },
  ['id', 'number', 'customerId', 'status', 'createdAt', 'links'],
);

/** A piece of a list. */
export const InvoiceList = part(
  {
    items: Type.Array(Invoice),
    next: Type.Union([Type.String({ description: 'where the list goes on' }), Type.Null()]),
  },
  ['items', 'next'],
);

/** What happened to an invoice. */
export const History = part(
  {
    changes: Type.Array(
      part({ revision: Type.Integer(), at: instant, status, event: Type.String(), by: Type.String() }, [
        'at',
        'status',
      ]),
    ),
    story: Type.Array(part({ at: instant, text: words, details: Type.Array(words) }, ['at', 'text'])),
  },
  ['changes', 'story'],
);

/** Files that were sent. */
export const Transmissions = part(
  {
    items: Type.Array(
      part(
        {
          id: Type.String(),
          fileName: Type.String(),
          sha256: Type.String(),
          state: Type.String(),
          isCurrent: Type.Boolean(),
          createdAt: instant,
          sentAt: instant,
          receipts: Type.Array(part({ kind: Type.String(), at: instant, text: words })),
        },
        ['id', 'fileName', 'sha256', 'state'],
      ),
    ),
  },
  ['items'],
);

/** How a document is shown. */
export const DocumentQuery = Type.Object({
  format: Type.Optional(
    Type.Enum(['xml', 'pdf', 'html', 'original'], { description: 'by default what Accept asks for, else xml' }),
  ),
  lang: Type.Optional(Type.Enum(['it', 'en'])),
  document: Type.Optional({ ...id, description: 'the one document of an archive, from 1' }),
  body: Type.Optional({ ...id, description: 'the one body of a lot, from 1' }),
  transmission: Type.Optional(
    Type.String({ pattern: `^${uuidForm}$`, description: 'the id of a transmission: as that one sent it' }),
  ),
});
/** How a document is shown. */
export type DocumentQuery = Static<typeof DocumentQuery>;

/** What is sent again: nothing for the same file, or the corrected one. */
export const Resend = Type.Object(
  { ...documentWishes, reason: Type.Optional(Type.String({ description: 'kept in the history' })) },
  { additionalProperties: false, examples: [{}] },
);
/** What is sent again. */
export type Resend = Static<typeof Resend>;

/** A public body's answer to an invoice that it received. */
export const Answer = Type.Object(
  {
    accepted: Type.Boolean(),
    reason: Type.Optional(Type.String({ description: 'why; a refusal needs it' })),
    document: Type.Optional(
      Type.Object(
        {
          number: Type.String({ minLength: 1, maxLength: 20 }),
          year: Type.Integer({ minimum: 1970, maximum: 9999 }),
          position: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
        },
        { additionalProperties: false, description: 'the one invoice of a lot; all without it' },
      ),
    ),
  },
  { additionalProperties: false, examples: [{ accepted: true }] },
);
/** A public body's answer. */
export type Answer = Static<typeof Answer>;

/** What may be changed of an invoice. */
export const InvoiceChange = Type.Object(
  { callbackUrl: Type.Union([Type.String(), Type.Null()], { description: 'null tells outcomes to nobody' }) },
  { additionalProperties: false, examples: [{ callbackUrl: null }] },
);
/** What may be changed of an invoice. */
export type InvoiceChange = Static<typeof InvoiceChange>;

/** A customer. */
export const Customer = part({ id, username: Type.String(), email: Type.String() }, ['id', 'username']);

/** A piece of the list of customers. */
export const CustomerList = part({ items: Type.Array(Customer), next: Type.Union([Type.String(), Type.Null()]) }, [
  'items',
  'next',
]);

/** What a list of customers is asked by. */
export const CustomersQuery = Type.Object({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, examples: [2] })),
  cursor: Type.Optional(Type.String({ maxLength: 100, pattern: '^[A-Za-z0-9_-]+$' })),
});
/** What a list of customers is asked by. */
export type CustomersQuery = Static<typeof CustomersQuery>;

/** An error (RFC 9457). */
export const ProblemShape = part(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String({ description: 'what is wrong, and what to do' }),
    instance: Type.String(),
    code: Type.String({ description: 'which error, in one word: a row of docs/errors.md' }),
    findings: Type.Array(finding),
  },
  ['type', 'title', 'status', 'detail'],
);
