-- receiver: the trace that a callback continues, also after a restart (W3C trace context); none where the outcome had none.
ALTER TABLE receiver.pending_callbacks ADD COLUMN traceparent text, ADD COLUMN tracestate text;
