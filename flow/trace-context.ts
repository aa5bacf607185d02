// flow: W3C trace context as requests, events, rows and callbacks carry it: two short texts, checked once where they come in.

/** Where in which trace something happened (W3C Trace Context, Level 1). */
export interface TraceContext {
  /** `00-<32 hex digits of the trace>-<16 of the span>-<2 of flags>`; the flags' lowest bit says that it is recorded. */
  readonly traceparent: string;
  /** What tracing systems of others pass along, up to 512 characters. */
  readonly tracestate?: string;
}

/** A traceparent taken apart. */
export interface Traceparent {
  readonly traceId: string;
  readonly spanId: string;
  /** 0 to 255; the lowest bit says that the caller records. */
  readonly flags: number;
}

const form = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/s;
const stateForm = /^[a-z0-9][a-z0-9_\-*/@]{0,255}=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{1,256}$/;
const stateCharsMax = 512;
const stateMembersMax = 32;

/**
 * Takes a traceparent apart. Later versions than 00 are read as far as 00 goes (§3.2.4); ids of zeros alone are none (§3.2.2).
 * @param text anything
 * @returns undefined for what is no traceparent
 */
export function parseTraceparent(text: unknown): Traceparent | undefined {
  if (typeof text !== 'string' || text.length < 55) return undefined;
  const [, version, traceId = '', spanId = '', flags = '', more] = form.exec(text) ?? [];
  if (version === undefined || version === 'ff' || (version === '00' && more !== undefined)) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, flags: Number.parseInt(flags, 16) };
}

/** Writes a traceparent of version 00. */
export function formatTraceparent({ traceId, spanId, flags }: Traceparent): string {
  return `00-${traceId}-${spanId}-${flags.toString(16).padStart(2, '0')}`;
}

/**
 * Reads a trace context from two headers.
 * @param traceparent the header's value, if any
 * @param tracestate the header's value or values, if any; one that is not valid, or too long to pass on, is left out
 * @returns undefined without a valid traceparent, whose state then means nothing (§3.3)
 */
export function readTraceContext(
  traceparent: unknown,
  tracestate: string | readonly string[] | undefined,
): TraceContext | undefined {
  const parsed = parseTraceparent(traceparent);
  if (!parsed) return undefined;
  const known = formatTraceparent(parsed);
  const state = tracestate === undefined ? undefined : readTracestate(tracestate);
  return state === undefined ? { traceparent: known } : { traceparent: known, tracestate: state };
}

function readTracestate(given: string | readonly string[]): string | undefined {
  const text = typeof given === 'string' ? given : given.join(',');
  if (text.length > stateCharsMax) return undefined;
  const members = text
    .split(',')
    .map((member) => member.trim())
    .filter((member) => member !== '');
  if (members.length === 0 || members.length > stateMembersMax) return undefined;
  return members.every((member) => stateForm.test(member)) ? members.join(',') : undefined;
}

/** Whether whoever wrote this context records the trace. */
export function isSampled({ traceparent }: TraceContext): boolean {
  return (Number.parseInt(traceparent.slice(53, 55), 16) & 1) === 1;
}
