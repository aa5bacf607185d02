// sandbox: mailboxes as folders of files, each mail with its UID and flags; what lies there outlives a kill.
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { openMailBox } from './mail-box.ts';
import type { Keeping, MailBox } from './mail-box.ts';

/** How much is kept: of each mailbox, and of mailboxes. */
export interface MailBoxesOptions extends Keeping {
  /** Mailboxes in all. */
  readonly boxesMax?: number;
}

/** All mailboxes of the sandbox. */
export interface MailBoxes {
  /**
   * Puts a mail into a mailbox, which is made where it is missing. When the promise resolves, the mail is a file.
   * @param address whose mailbox, upper and lower case alike
   * @param raw the whole mail with CRLF
   * @param id the mail's own name: the same one again changes nothing, also where the mail was removed meanwhile
   * @param at when it came (UTC); now where it is absent
   * @returns its UID
   * @throws MailBoxFull where the mailbox was told to be full
   * @throws Error where the address is none or there are too many mailboxes
   */
  append(address: string, raw: Buffer, id: string, at?: Date): Promise<number>;
  /** Gives a mailbox, making it where it is missing; throws like `append`. */
  open(address: string): MailBox;
  /** A mailbox that is there; undefined where there is none. */
  find(address: string): MailBox | undefined;
  /** All mailboxes, by address. */
  list(): readonly MailBox[];
}

const addressForm = /^[^\s@/\\\x00-\x1f]{1,64}@[^\s@/\\\x00-\x1f]{1,150}$/;
const boxesMaxUsual = 1000;
/** Bytes that the name of a folder may have. */
const folderMax = 255;

/**
 * Whether a mailbox can have an address.
 * @param address upper and lower case alike
 */
export function isMailboxAddress(address: string): boolean {
  const form = address.trim().toLowerCase();
  return form.isWellFormed() && addressForm.test(form) && folderOf(form).length <= folderMax;
}

/**
 * Opens the folder, which is made where it is missing.
 * @param dir a folder with one folder per mailbox
 * @param options how much is kept
 */
export function openMailBoxes(dir: string, options: MailBoxesOptions): MailBoxes {
  mkdirSync(dir, { recursive: true });
  const boxes = new Map<string, MailBox>();
  const openAt = (address: string): MailBox => {
    const box = openMailBox(join(dir, folderOf(address)), address, options);
    boxes.set(address, box);
    return box;
  };
  for (const name of readdirSync(dir)) openAt(addressOf(name));

  function open(written: string): MailBox {
    const address = written.trim().toLowerCase();
    const known = boxes.get(address);
    if (known) return known;
    if (!isMailboxAddress(address))
      throw new Error(`${JSON.stringify(written.slice(0, 200))} is no address of a mailbox`);
    if (boxes.size >= (options.boxesMax ?? boxesMaxUsual))
      throw new Error('the sandbox has no room for more mailboxes');
    return openAt(address);
  }
  return {
    append: async (address, raw, id, at = new Date()) => open(address).append({ raw, id, at, flags: '' }),
    open,
    find: (address) => boxes.get(address.trim().toLowerCase()),
    list: () => [...boxes.values()].sort((one, other) => (one.address < other.address ? -1 : 1)),
  };
}

/** Letters, digits and `@._+-` stand for themselves, everything else as `%` and its bytes in hex. */
function folderOf(address: string): string {
  return encodeURIComponent(address)
    .replaceAll('%40', '@')
    .replaceAll('%2B', '+')
    .replace(/[!'()*~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

function addressOf(folder: string): string {
  try {
    return decodeURIComponent(folder);
  } catch {
    // Not a folder of ours, then: it is shown under its own name.
    return folder;
  }
}
