// dbmanager: passwords are kept as scrypt hashes and never leave again.
import { randomBytes, scrypt } from 'node:crypto';

const cost = 16_384;
const blockSize = 8;
const parallelization = 1;
const keyBytes = 32;

function derive(password: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const options = { N: cost, r: blockSize, p: parallelization };
    scrypt(password.normalize('NFC'), salt, keyBytes, options, (error, key) => (error ? reject(error) : resolve(key)));
  });
}

/**
 * Hashes a password (some 50 ms, off the event loop).
 * @param password any text
 * @returns `scrypt$N$r$p$salt$key`, the last two in base64
 */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt);
  return ['scrypt', cost, blockSize, parallelization, salt.toString('base64'), key.toString('base64')].join('$');
}
