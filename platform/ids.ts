// platform: identifiers that sort by time (UUID version 7, RFC 9562 §5.7).
import { randomFillSync } from 'node:crypto';

const pool = Buffer.alloc(1600);
let used = pool.length;
let lastMs = 0;
let counter = 0;

/**
 * Makes a UUIDv7: 48 bits of Unix milliseconds, a 12-bit counter that keeps order within a millisecond, 62 random bits.
 * @returns lower-case text with dashes
 */
export function uuidv7(): string {
  if (used + 8 > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const now = Date.now();
  if (now > lastMs) {
    lastMs = now;
    counter = pool.readUInt16BE(used) & 0x3ff;
  } else if (++counter > 0xfff) {
    // The counter overflows into the next millisecond, so that the order holds (RFC 9562 §6.2).
    lastMs += 1;
    counter = 0;
  }
  const time = lastMs.toString(16).padStart(12, '0');
  const random = pool.subarray(used, used + 8);
  random[0] = (random[0]! & 0x3f) | 0x80;
  used += 8;
  const tail = random.toString('hex');
  const version = (0x7000 | counter).toString(16);
  return `${time.slice(0, 8)}-${time.slice(8)}-${version}-${tail.slice(0, 4)}-${tail.slice(4)}`;
}
