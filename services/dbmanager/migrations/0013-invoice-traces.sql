-- dbmanager: in which trace an invoice came in, for those whose trace is recorded: what is heard of it days later leads back to it.
CREATE TABLE dbmanager.invoice_trace (
  invoice_id uuid PRIMARY KEY,
  -- W3C trace context, as the event that brought it carried it.
  traceparent text NOT NULL
);
