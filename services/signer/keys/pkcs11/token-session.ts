// signer: a session with a token: finds the token, logs in, finds objects, reads their attributes, signs.
import {
  longValue,
  Long,
  mechanism,
  type Pkcs11Module,
  readLongs,
  roomForLongs,
  Template,
  type Attribute,
} from './pkcs11-module.ts';
import { Pkcs11Error } from './return-codes.ts';

/** Types of attributes (PKCS#11 v2.40 base, §A.2). */
export const attributeTypes = {
  class: 0x00,
  label: 0x03,
  value: 0x11,
  id: 0x102,
  alwaysAuthenticate: 0x202,
} as const;

/** Classes of objects. */
export const objectClasses = { certificate: 0x01, privateKey: 0x03 } as const;

/** Mechanisms: the plain ones, which every token has; we hash ourselves. */
export const mechanisms = { rsaPkcs: 0x01, ecdsa: 0x1041 } as const;

const users = { user: 1, contextSpecific: 2 } as const;
const serialSession = 4;
const slotsMax = 64;
const objectsMax = 64;
const labelBytes = 32;
/** More than CK_TOKEN_INFO takes on any platform. */
const tokenInfoBytes = 512;
/** RSA with 16384 bits. */
const signatureBytesMax = 2048;

/** A token that is present. */
export interface Token {
  readonly slot: bigint;
  readonly label: string;
}

/**
 * Lists the tokens that a module sees now.
 * @param module the module
 */
export async function listTokens(module: Pkcs11Module): Promise<Token[]> {
  const room = roomForLongs(slotsMax);
  const count = new Long(slotsMax);
  // The list of all slots first: some modules look for new readers and cards only then.
  await module.call('C_GetSlotList', 0, null, new Long().memory);
  await module.call('C_GetSlotList', 1, room, count.memory);
  const tokens: Token[] = [];
  for (const slot of readLongs(room, Number(count.value))) {
    const info = Buffer.alloc(tokenInfoBytes);
    await module.call('C_GetTokenInfo', slot, info);
    tokens.push({ slot, label: info.toString('utf8', 0, labelBytes).trimEnd() });
  }
  return tokens;
}

/** An open session. */
export class TokenSession {
  readonly #module: Pkcs11Module;
  readonly #handle: bigint;
  readonly #pin: Buffer | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(module: Pkcs11Module, handle: bigint, pin: Buffer | undefined) {
    this.#module = module;
    this.#handle = handle;
    this.#pin = pin;
  }

  /**
   * Opens a session and logs in.
   * @param module the module
   * @param slot where the token is
   * @param pin its PIN; undefined for a token that asks on a keypad of its own or not at all
   * @throws Pkcs11Error also where the PIN is refused; a card counts that
   */
  static async open(module: Pkcs11Module, slot: bigint, pin: string | undefined): Promise<TokenSession> {
    const handle = new Long();
    await module.call('C_OpenSession', slot, serialSession, null, null, handle.memory);
    const session = new TokenSession(module, handle.value, pin === undefined ? undefined : Buffer.from(pin));
    try {
      if (pin !== undefined) await session.#login(users.user);
    } catch (error) {
      await session.close();
      throw error;
    }
    return session;
  }

  async #login(user: number): Promise<void> {
    try {
      await this.#module.call('C_Login', this.#handle, user, this.#pin ?? null, this.#pin?.length ?? 0);
    } catch (error) {
      if (!(error instanceof Pkcs11Error && error.code === 'CKR_USER_ALREADY_LOGGED_IN')) throw error;
    }
  }

  /**
   * Finds objects.
   * @param objectClass of which class
   * @param wanted further attributes that they must have
   * @returns their handles, 64 at most
   */
  async find(objectClass: number, wanted: readonly Attribute[] = []): Promise<bigint[]> {
    const template = new Template([{ type: attributeTypes.class, value: longValue(objectClass) }, ...wanted]);
    await this.#module.call('C_FindObjectsInit', this.#handle, template.memory, template.count);
    const room = roomForLongs(objectsMax);
    const count = new Long();
    try {
      await this.#module.call('C_FindObjects', this.#handle, room, objectsMax, count.memory);
    } finally {
      await this.#module.call('C_FindObjectsFinal', this.#handle);
    }
    return readLongs(room, Number(count.value));
  }

  /**
   * Reads one attribute of an object.
   * @param object its handle
   * @param type the attribute
   * @returns undefined where the object has none such
   */
  async read(object: bigint, type: number): Promise<Buffer | undefined> {
    const asked = new Template([{ type, value: null }]);
    try {
      await this.#module.call('C_GetAttributeValue', this.#handle, object, asked.memory, 1);
    } catch (error) {
      if (error instanceof Pkcs11Error) return undefined;
      throw error;
    }
    const length = asked.lengthOf(0);
    if (length === undefined) return undefined;
    const value = Buffer.alloc(length);
    if (length === 0) return value;
    const told = new Template([{ type, value }]);
    await this.#module.call('C_GetAttributeValue', this.#handle, object, told.memory, 1);
    return value.subarray(0, told.lengthOf(0) ?? 0);
  }

  /**
   * Signs; one signature after another.
   * @param key the private key's handle
   * @param how the mechanism
   * @param data what the mechanism takes: a DigestInfo for RSA, a hash for ECDSA
   * @param askPinAgain for keys that want the PIN for each signature (CKA_ALWAYS_AUTHENTICATE)
   */
  async sign(key: bigint, how: number, data: Uint8Array, askPinAgain: boolean): Promise<Buffer> {
    const mine = this.#turn.then(() => this.#signNow(key, how, data, askPinAgain));
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  async #signNow(key: bigint, how: number, data: Uint8Array, askPinAgain: boolean): Promise<Buffer> {
    await this.#module.call('C_SignInit', this.#handle, mechanism(how), key);
    if (askPinAgain) await this.#login(users.contextSpecific);
    const signature = Buffer.alloc(signatureBytesMax);
    const length = new Long(signatureBytesMax);
    await this.#module.call('C_Sign', this.#handle, data, data.length, signature, length.memory);
    return signature.subarray(0, Number(length.value));
  }

  /** Closes it; a token that is gone already is no trouble. */
  async close(): Promise<void> {
    await this.#module.call('C_CloseSession', this.#handle).catch((error: unknown) => {
      if (!(error instanceof Pkcs11Error)) throw error;
    });
  }
}
