-- receiver: the time of a callback runs from its first try; without one it is never over.
ALTER TABLE receiver.pending_callbacks ALTER COLUMN give_up_at DROP NOT NULL;

UPDATE receiver.pending_callbacks SET give_up_at = NULL WHERE state = 'pending' AND tries = 0;

CREATE INDEX pending_callbacks_give_up ON receiver.pending_callbacks (give_up_at)
  WHERE state = 'pending' AND give_up_at IS NOT NULL;
