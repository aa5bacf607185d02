// sandbox: a server that can be taken off the net and put back on the same port.

/** A server that listens. */
export interface Listening {
  readonly port: number;
  /** Stops listening and cuts every connection. */
  readonly stop: () => Promise<void>;
}

/** A server that can be switched off and on again. */
export interface Switchable {
  /** The port it has, also while it is down. */
  readonly port: number;
  readonly isDown: boolean;
  /** Stops listening and cuts every connection. */
  goDown(): Promise<void>;
  /** Listens again, on the same port. */
  comeUp(): Promise<void>;
}

/** A switchable server with what listens at the moment. */
export interface Switched<L extends Listening> extends Switchable {
  /** Undefined while it is down. */
  readonly listening: L | undefined;
}

/**
 * Starts a server that can be switched.
 * @param listen starts it on a port
 * @param port 0 takes any free one, which it then keeps
 * @throws Error with code EADDRINUSE where the port is taken
 */
export async function startSwitchable<L extends Listening>(
  listen: (port: number) => Promise<L>,
  port: number,
): Promise<Switched<L>> {
  let listening: L | undefined = await listen(port);
  const { port: kept } = listening;
  return {
    port: kept,
    get listening() {
      return listening;
    },
    get isDown() {
      return listening === undefined;
    },
    async goDown() {
      const running = listening;
      listening = undefined;
      await running?.stop();
    },
    async comeUp() {
      listening ??= await listen(kept);
    },
  };
}
