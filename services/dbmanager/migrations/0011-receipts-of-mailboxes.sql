-- dbmanager: whether somebody reads a mailbox is known by its receipts: those of one mailbox, by time.
CREATE INDEX pec_receipt_mailbox ON dbmanager.pec_receipt (lower(mailbox), received_at);
