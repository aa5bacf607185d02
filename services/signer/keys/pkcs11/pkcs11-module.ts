// signer: calls the functions of a PKCS#11 module (v2.40), each in a worker thread, so that a slow token stops nobody else.
// Loaded only where a module is configured: koffi brings native code.
import koffi from 'koffi';
import { promisify } from 'node:util';
import { Pkcs11Error, returnCodes } from './return-codes.ts';

/** The functions that we call, with the C types of their arguments; all return CK_RV. */
const functions = {
  C_Initialize: ['void *'],
  C_GetSlotList: ['uint8', 'void *', 'void *'],
  C_GetTokenInfo: ['ulong', 'void *'],
  C_OpenSession: ['ulong', 'ulong', 'void *', 'void *', 'void *'],
  C_CloseSession: ['ulong'],
  C_Login: ['ulong', 'ulong', 'void *', 'ulong'],
  C_FindObjectsInit: ['ulong', 'void *', 'ulong'],
  C_FindObjects: ['ulong', 'void *', 'ulong', 'void *'],
  C_FindObjectsFinal: ['ulong'],
  C_GetAttributeValue: ['ulong', 'ulong', 'void *', 'ulong'],
  C_SignInit: ['ulong', 'void *', 'ulong'],
  C_Sign: ['ulong', 'void *', 'ulong', 'void *', 'void *'],
} as const satisfies Record<string, readonly string[]>;

/** A function of the module. */
export type FunctionName = keyof typeof functions;

type Argument = number | bigint | Uint8Array | null;
type Call = (...args: Argument[]) => Promise<number | bigint>;

// CK_ULONG is C's unsigned long: 8 bytes on Unix, 4 on Windows.
const longBytes = koffi.sizeof('ulong');
const pointerBytes = koffi.sizeof('void *');

function writeLong(into: Buffer, value: number, at: number): void {
  if (longBytes === 8) into.writeBigUInt64LE(BigInt(value), at);
  else into.writeUInt32LE(value, at);
}

function writePointer(into: Buffer, to: Uint8Array | null, at: number): void {
  const address = to === null || to.length === 0 ? 0n : koffi.address(to);
  if (pointerBytes === 8) into.writeBigUInt64LE(address, at);
  else into.writeUInt32LE(Number(address), at);
}

/** The value by which PKCS#11 says that an attribute is not to be had. */
const unavailable = (1n << BigInt(longBytes * 8)) - 1n;

/** A variable of type CK_ULONG, to be handed over by its address. */
export class Long {
  readonly memory = Buffer.alloc(longBytes);

  /** @param value what it holds at first */
  constructor(value = 0) {
    writeLong(this.memory, value, 0);
  }

  /** What it holds now; handles may use all 64 bits. */
  get value(): bigint {
    return readLong(this.memory, 0);
  }
}

function readLong(from: Buffer, at: number): bigint {
  return longBytes === 8 ? from.readBigUInt64LE(at) : BigInt(from.readUInt32LE(at));
}

/**
 * Reads an array of CK_ULONG.
 * @param memory the array
 * @param count how many of its places hold something
 */
export function readLongs(memory: Buffer, count: number): bigint[] {
  return Array.from({ length: count }, (_, index) => readLong(memory, index * longBytes));
}

/** Makes room for an array of CK_ULONG. */
export function roomForLongs(count: number): Buffer {
  return Buffer.alloc(count * longBytes);
}

/** Writes a CK_ULONG as the value of an attribute. */
export function longValue(value: number): Buffer {
  return new Long(value).memory;
}

/** An attribute of an object: its type and its value or the room for it. */
export interface Attribute {
  readonly type: number;
  readonly value: Uint8Array | null;
}

/** An array of attributes in memory. Keep it until the call has ended: it points at the values. */
export class Template {
  readonly memory: Buffer;
  readonly count: number;
  /** Held so that the memory that is pointed at stays. */
  readonly attributes: readonly Attribute[];

  /** @param attributes in any order */
  constructor(attributes: readonly Attribute[]) {
    const size = 2 * longBytes + pointerBytes;
    this.attributes = attributes;
    this.count = attributes.length;
    this.memory = Buffer.alloc(attributes.length * size);
    for (const [index, { type, value }] of attributes.entries()) {
      const at = index * size;
      writeLong(this.memory, type, at);
      writePointer(this.memory, value, at + longBytes);
      writeLong(this.memory, value?.length ?? 0, at + longBytes + pointerBytes);
    }
  }

  /** The length of an attribute as the module wrote it; undefined where the object has none such. */
  lengthOf(index: number): number | undefined {
    const size = 2 * longBytes + pointerBytes;
    const length = readLong(this.memory, index * size + longBytes + pointerBytes);
    return length === unavailable ? undefined : Number(length);
  }
}

/** A mechanism without parameters. */
export function mechanism(type: number): Buffer {
  // CK_MECHANISM has the layout of an attribute.
  return new Template([{ type, value: null }]).memory;
}

/** CK_C_INITIALIZE_ARGS that lets the module lock with the system's own means, since calls come from several threads. */
function lockingArguments(): Buffer {
  const osLockingOk = 2;
  const memory = Buffer.alloc(5 * pointerBytes + longBytes);
  writeLong(memory, osLockingOk, 4 * pointerBytes);
  return memory;
}

/** A module that is loaded and initialised. Calls follow one another: tokens do one thing at a time. */
export class Pkcs11Module {
  readonly #calls: Readonly<Record<FunctionName, Call>>;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(calls: Readonly<Record<FunctionName, Call>>) {
    this.#calls = calls;
  }

  /**
   * Loads a module.
   * @param path the shared library
   * @throws Error where the system cannot load it or it is no PKCS#11 module
   */
  static async load(path: string): Promise<Pkcs11Module> {
    const library = koffi.load(path);
    const calls = Object.entries(functions).map(([name, types]) => {
      const { async: call } = library.func(name, 'ulong', [...types]);
      return [name, promisify(call) as Call];
    });
    const module = new Pkcs11Module(Object.fromEntries(calls) as Record<FunctionName, Call>);
    await module.#initialise();
    return module;
  }

  async #initialise(): Promise<void> {
    try {
      await this.call('C_Initialize', lockingArguments());
    } catch (error) {
      if (!(error instanceof Pkcs11Error)) throw error;
      if (error.code === 'CKR_CRYPTOKI_ALREADY_INITIALIZED') return;
      if (error.code !== 'CKR_CANT_LOCK') throw error;
      await this.call('C_Initialize', null);
    }
  }

  /**
   * Calls a function once those before it have ended.
   * @param name the function
   * @param args its arguments; memory is handed over by address
   * @throws Pkcs11Error for any answer but CKR_OK
   */
  async call(name: FunctionName, ...args: Argument[]): Promise<void> {
    const mine = this.#last.then(() => this.#calls[name](...args));
    this.#last = mine.catch(() => undefined);
    const value = Number(await mine);
    if (returnCodes[value] !== 'CKR_OK') throw new Pkcs11Error(name, value);
  }
}
