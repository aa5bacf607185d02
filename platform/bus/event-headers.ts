// platform: reading an event's headers, whichever way a face hands them over (text or bytes).
import type { EventHeaders } from './bus.ts';

/**
 * Reads a header as text.
 * @param headers the event's headers
 * @param name the header's exact name
 * @returns the text (bytes are read as UTF-8), or undefined where the header is absent
 */
export function headerText(headers: EventHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : value?.toString('utf8');
}

/**
 * Reads a header as bytes.
 * @param headers the event's headers
 * @param name the header's exact name
 * @returns the bytes (text is written as UTF-8), or undefined where the header is absent
 */
export function headerBytes(headers: EventHeaders, name: string): Buffer | undefined {
  const value = headers[name];
  return typeof value === 'string' ? Buffer.from(value, 'utf8') : value;
}
