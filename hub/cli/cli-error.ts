// hub: what the command line says instead of a stack trace.

/** A mistake of the call or of the world, in a sentence that says what to do; exit code 2. */
export class CliError extends Error {}
