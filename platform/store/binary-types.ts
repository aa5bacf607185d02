// platform: reads PostgreSQL's binary result format, which spares large bytea columns the way through hexadecimal text.

type Reader = (bytes: Buffer) => unknown;

const postgresEpochMs = Date.UTC(2000, 0, 1);

/** By type number (pg_type.oid); the formats are those of the server's `*_send` functions. */
const readers: Readonly<Record<number, Reader>> = {
  16: (bytes) => bytes[0] === 1,
  17: (bytes) => bytes,
  20: (bytes) => Number(bytes.readBigInt64BE()),
  23: (bytes) => bytes.readInt32BE(),
  25: (bytes) => bytes.toString('utf8'),
  1043: (bytes) => bytes.toString('utf8'),
  1184: (bytes) => new Date(Number(bytes.readBigInt64BE() / 1000n) + postgresEpochMs),
  2950: (bytes) => bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
  3802: (bytes) => JSON.parse(bytes.toString('utf8', 1)) as unknown,
};

/** The readers in the shape that pg asks for. @throws Error for a type that has none */
export const binaryTypes = {
  getTypeParser(type: number): Reader {
    const reader = readers[type];
    if (!reader) throw new Error(`No binary reader for PostgreSQL type ${type}; add it to binary-types.ts`);
    return reader;
  },
};
