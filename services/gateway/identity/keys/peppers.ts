// gateway: the peppers that kept keys are mixed with before they are stored: from the setting, else from a file of our own making.
import { HubError } from '@staffetta/flow/errors.ts';
import { createHash, createHmac, createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A pepper: its name, by which rows tell which one they need, and what it is for. */
export interface Pepper {
  readonly pepperId: string;
  /** HMAC-SHA256 of a whole key, 32 bytes. */
  digest(key: string): Buffer;
}

/** The peppers of a gateway. */
export interface Peppers {
  /**
   * The one for new keys; where none was given, the file in the data folder is made now.
   * @throws HubError SETTING_WRONG where it cannot be made
   */
  forNew(): Pepper;
  /** The one for new keys, if there is one already. */
  first(): Pepper | undefined;
  /** The one of that name, if this gateway has it. */
  of(pepperId: string): Pepper | undefined;
}

const lengthMin = 32;

function pepperOf(secret: string): Pepper {
  const key: KeyObject = createSecretKey(Buffer.from(secret));
  // A name that tells nothing: the secret is too long to be guessed from it.
  const pepperId = createHash('sha256').update(`staffetta pepper ${secret}`).digest('hex').slice(0, 16);
  return { pepperId, digest: (text) => createHmac('sha256', key).update(text).digest() };
}

function readSetting(text: string): Pepper[] {
  const parts = text.split(',').map((part) => part.trim());
  return parts.filter(Boolean).map((secret, index) => {
    if (secret.length >= lengthMin) return pepperOf(secret);
    const where = `STAFFETTA_KEY_PEPPER=(secret), number ${index + 1}`;
    throw new HubError(
      'SETTING_WRONG',
      `${where}: it must have ${lengthMin} characters or more (openssl rand -hex 32).`,
    );
  });
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function cannot(verb: string, path: string, error: unknown): HubError {
  const why = error instanceof Error ? error.message : String(error);
  const words = `The pepper of kept keys cannot be ${verb} (${path}: ${why}); mend the folder, or set STAFFETTA_KEY_PEPPER.`;
  return new HubError('SETTING_WRONG', words, error);
}

function readPepperFile(path: string): Pepper | undefined {
  try {
    const secret = readFileSync(path, 'utf8').trim();
    return secret.length >= lengthMin ? pepperOf(secret) : undefined;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw cannot('read', path, error);
  }
}

/** On the disk before the first key is in the database: without it no key that was made with it ever counts again. */
function sync(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function makePepperFile(folder: string, path: string): void {
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(draft, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
    sync(draft);
    try {
      // A link, not a renaming: of two gateways that do this at once the first one's file stays.
      linkSync(draft, path);
    } finally {
      rmSync(draft);
    }
    // A name lies in its folder, which Windows does not let anybody sync.
    if (process.platform !== 'win32') for (const holder of [folder, dirname(folder)]) sync(holder);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw cannot('made', path, error);
  }
}

function filePeppers(dataDir: string): Peppers {
  const folder = join(dataDir, 'gateway');
  const path = join(folder, 'key-pepper');
  let known = readPepperFile(path);
  const current = (): Pepper | undefined => (known ??= readPepperFile(path));
  return {
    forNew() {
      if (!current()) makePepperFile(folder, path);
      const made = current();
      if (made) return made;
      throw cannot('read', path, new Error(`it holds fewer than ${lengthMin} characters`));
    },
    first: () => known,
    of(pepperId) {
      const found = current();
      return found?.pepperId === pepperId ? found : undefined;
    },
  };
}

/**
 * Opens the peppers.
 * @param setting `STAFFETTA_KEY_PEPPER`: one or several, comma separated; the first is for new keys, the others for old ones
 * @param dataDir the data folder, where `gateway/key-pepper` (mode 0600) is made when the first key is, if nothing was set
 * @throws HubError SETTING_WRONG for one that is too short, and for a file that cannot be read
 */
export function openPeppers(setting: string | undefined, dataDir: string): Peppers {
  const given = setting === undefined ? [] : readSetting(setting);
  const [first] = given;
  if (!first) return filePeppers(dataDir);
  const byId = new Map(given.map((pepper) => [pepper.pepperId, pepper]));
  return { forNew: () => first, first: () => first, of: (pepperId) => byId.get(pepperId) };
}
