-- dbmanager: an answer (EC) goes out from the mailbox that the invoice came to: SdI takes it from no other.
ALTER TABLE dbmanager.received_file ADD COLUMN mailbox text;
-- NULL for the main mailbox.
ALTER TABLE dbmanager.transmission ADD COLUMN mailbox text;
