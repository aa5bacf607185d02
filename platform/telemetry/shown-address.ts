// platform: what a mail address is called in logs and figures, which hold none. Pure.
import { createHash } from 'node:crypto';

/**
 * Names a mailbox so that whoever runs the hub recognises it and nobody can write to it: the first two characters, the domain, and
 * four digits that tell it from its neighbours (`fa…@pec.example.it#9f2c`). The same address has always the same name.
 * @param address any case; what is no address is shown by its digits alone
 */
export function shownAddress(address: string): string {
  const plain = address.toLowerCase();
  const at = plain.lastIndexOf('@');
  const digits = createHash('sha256').update(plain).digest('hex').slice(0, 4);
  return at < 1 ? `#${digits}` : `${plain.slice(0, Math.min(2, at))}…${plain.slice(at)}#${digits}`;
}
