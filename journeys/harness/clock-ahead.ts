// journeys: loaded into a process before anything else (`node --import`), it makes the clock of its machine wrong by STAFFETTA_JOURNEY_CLOCK_AHEAD.
const aheadMs = Number(process.env['STAFFETTA_JOURNEY_CLOCK_AHEAD'] ?? '0');
const RealDate = Date;
const now = (): number => RealDate.now() + aheadMs;

// The hub's own clock can be turned by a file; this is the other one, from which signatures and tokens are judged.
globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, made) => Reflect.construct(target, args.length === 0 ? [now()] : args, made) as Date,
  apply: () => new RealDate(now()).toString(),
  get: (target, name) => (name === 'now' ? now : (Reflect.get(target, name) as unknown)),
});
