// dbmanager: which texts of a request can be what they are given for: a correlation id, a key, a file name. Pure.
import { isStorable } from '@staffetta/platform/store/storable-text.ts';

/**
 * Says whether a text can be a correlation id: it travels in headers of HTTP and mail, so only printable ASCII without
 * blanks will do (the receiver's rule too).
 * @param text any text
 */
export function isCorrelationId(text: string): boolean {
  return /^[\x21-\x7e]{1,200}$/.test(text);
}

/**
 * Says whether a text can be an Idempotency-Key; an empty one would make one invoice of different documents.
 * @param text the header's value
 */
export function isIdempotencyKey(text: string): boolean {
  return /^[\x20-\x7e]{1,255}$/.test(text);
}

/**
 * Says whether a text can name a file: no separators and no control characters, since it may become an attachment's name.
 * @param text any text
 */
export function isFileName(text: string): boolean {
  return isStorable(text, 255) && /^[^/\\\p{Cc}]+$/u.test(text);
}
