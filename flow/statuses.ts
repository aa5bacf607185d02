// flow: the ten statuses of the contract; finer states live in `detail` and never here.

/** `invoiceStatus` only ever holds one of these. */
export const invoiceStatuses = [
  'INTERNAL_INVOICE_NEW',
  'INTERNAL_INVOICE_TOBE_SENT',
  'INTERNAL_INVOICE_SENT',
  'INTERNAL_INVOICE_NOT_SENT',
  'INTERNAL_INVOICE_INVALID',
  'INTERNAL_INVOICE_DELIVERED',
  'INTERNAL_INVOICE_DISCARDED',
  'INTERNAL_INVOICE_NOT_DELIVERED',
  'INVOICE_ERROR',
  'EXTERNAL_INVOICE',
] as const;

/** One of the contract's ten statuses. */
export type InvoiceStatus = (typeof invoiceStatuses)[number];

/** The three answers of SdI that the contract's notification may carry. */
export const notificationStatuses = [
  'INTERNAL_INVOICE_DELIVERED',
  'INTERNAL_INVOICE_DISCARDED',
  'INTERNAL_INVOICE_NOT_DELIVERED',
] as const satisfies readonly InvoiceStatus[];

/** A status that `POST /api/notificaSdI` accepts. */
export type NotificationStatus = (typeof notificationStatuses)[number];
