// gateway: errors of its own REST, as problem details (RFC 9457); the contract's paths keep the contract's shape. Pure.
import { errorBody } from '@staffetta/platform/http/server.ts';
import { STATUS_CODES } from 'node:http';

/** A problem. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly [more: string]: unknown;
}

/** An error's body with its media type. */
export interface ErrorAnswer {
  readonly type: 'application/json' | 'application/problem+json';
  readonly body: object;
}

/** Where the REST of our own begins. */
export const ownRest = '/api/';

/**
 * Words a problem. Its type is `about:blank` (RFC 9457 §4.2.1): the status says what kind of problem it is, `detail` what to do.
 * @param path the path that was asked for, without its query
 * @param status the HTTP status
 * @param detail what, where, and what to do
 * @param more what else is said: findings, the name of a limit
 */
export function problemOf(path: string, status: number, detail: string, more: object = {}): Problem {
  return { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, detail, instance: path, ...more };
}

/**
 * Words an error in the shape that its path has: problem details for our own REST, the contract's error elsewhere.
 * @param path the path that was asked for, without its query
 * @param status the HTTP status
 * @param message what, where, and what to do
 * @param now the instant, for the contract's shape
 * @param more what a problem says besides
 */
export function errorAnswer(path: string, status: number, message: string, now: Date, more: object = {}): ErrorAnswer {
  if (!path.startsWith(ownRest)) return { type: 'application/json', body: errorBody(path, status, message, now) };
  return { type: 'application/problem+json', body: problemOf(path, status, message, more) };
}
