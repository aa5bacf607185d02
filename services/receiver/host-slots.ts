// receiver: how many callbacks each host may get at once, and which hosts are left alone for a while; pure, the time is
// handed in.

/** The limits of one receiver. */
export interface SlotLimits {
  readonly hostMax: number;
  readonly totalMax: number;
  /** Failures in a row after which a host is left alone. */
  readonly breakerFailures: number;
  /** Milliseconds of the first pause; it doubles up to twelve times as long while the trial calls fail. */
  readonly breakerOpenMs: number;
}

interface Host {
  inFlight: number;
  failures: number;
  pauseMs: number;
  pausedUntilMs: number;
  /** When its last callback ended. */
  endedAtMs: number;
}

/** A host whose last callback and pause are over for so long is a stranger again. */
const idleMs = 3_600_000;

/** Places for callbacks under way, by host. */
export class HostSlots {
  readonly #limits: SlotLimits;
  readonly #hosts = new Map<string, Host>();
  #inFlight = 0;

  /** @param limits how many, and when a host is left alone */
  constructor(limits: SlotLimits) {
    this.#limits = limits;
  }

  /** Callbacks under way. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /**
   * Says how many more callbacks a host may get now. A host may hold no more places than are left free for the others,
   * so that a
   * slow one never takes the last; a host that was left alone gets one trial call first.
   * @param host protocol, host and port
   * @param nowMs the instant
   */
  room(host: string, nowMs: number): number {
    const state = this.#hosts.get(host);
    const held = state?.inFlight ?? 0;
    if (state && state.pausedUntilMs > nowMs) return 0;
    if (state && this.#isBroken(state)) return Math.max(0, 1 - held);
    const fair = Math.ceil((this.#limits.totalMax - this.#inFlight - held) / 2);
    // Every failure in a row halves the places, so that a host that hangs soon waits in one only.
    const places = Math.max(1, this.#limits.hostMax >> Math.min(state?.failures ?? 0, 31));
    return Math.max(0, Math.min(places - held, fair));
  }

  /**
   * Tells whether a host is left alone, or has only its trial call.
   * @param host protocol, host and port
   * @param nowMs the instant
   */
  isPaused(host: string, nowMs: number): boolean {
    const state = this.#hosts.get(host);
    return state !== undefined && (state.pausedUntilMs > nowMs || this.#isBroken(state));
  }

  /**
   * The hosts with a state of their own: those that have callbacks under way or had trouble within the last hour. Older
   * states are forgotten here.
   * @param nowMs the instant
   */
  known(nowMs: number): IterableIterator<string> {
    for (const [host, { inFlight, endedAtMs, pausedUntilMs }] of this.#hosts) {
      if (inFlight === 0 && Math.max(endedAtMs, pausedUntilMs) + idleMs <= nowMs) this.#hosts.delete(host);
    }
    return this.#hosts.keys();
  }

  /** The hosts that are left alone at the moment, for health. */
  paused(nowMs: number): string[] {
    return [...this.#hosts.keys()].filter((host) => this.isPaused(host, nowMs));
  }

  /** Takes a place. */
  begin(host: string): void {
    const state = this.#hosts.get(host) ?? { inFlight: 0, failures: 0, pauseMs: 0, pausedUntilMs: 0, endedAtMs: 0 };
    this.#hosts.set(host, state);
    state.inFlight++;
    this.#inFlight++;
  }

  /**
   * Gives a place back.
   * @param host protocol, host and port
   * @param away no answer came (time-out, no connection), or one that says so (502, 503, 504)
   * @param nowMs the instant
   * @param pauseMs how long the host asked to be left alone, if it did
   */
  end(host: string, away: boolean, nowMs: number, pauseMs = 0): void {
    const state = this.#hosts.get(host);
    if (!state) return;
    state.inFlight--;
    this.#inFlight--;
    state.endedAtMs = nowMs;
    if (away) this.#fail(state, nowMs);
    else Object.assign(state, { failures: 0, pauseMs: 0 });
    if (pauseMs > 0) state.pausedUntilMs = Math.max(state.pausedUntilMs, nowMs + pauseMs);
    const quiet = state.inFlight === 0 && state.failures === 0 && state.pausedUntilMs <= nowMs;
    if (quiet) this.#hosts.delete(host);
  }

  #fail(state: Host, nowMs: number): void {
    state.failures++;
    // The failures of calls that were under way when the pause began do not lengthen it.
    if (!this.#isBroken(state) || state.pausedUntilMs > nowMs) return;
    const { breakerOpenMs } = this.#limits;
    state.pauseMs = Math.min(state.pauseMs === 0 ? breakerOpenMs : state.pauseMs * 2, breakerOpenMs * 12);
    state.pausedUntilMs = nowMs + state.pauseMs;
  }

  #isBroken(state: Host): boolean {
    return state.failures >= this.#limits.breakerFailures;
  }
}
