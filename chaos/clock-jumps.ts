/**
 * Loaded into a worker before the program: lets its parent process make its clocks jump. The wall clock may
 * go either way, as when an operator or NTP corrects it; the monotonic clock only forward, as when a machine
 * was suspended.
 */

/** What the parent sends. */
export interface ClockJump {
  readonly wallMs: number;
  readonly monotonicMs: number;
}

const realNow = Date.now.bind(Date);
const realMonotonic = performance.now.bind(performance);
let wallMs = 0;
let monotonicMs = 0;

Date.now = () => realNow() + wallMs;
performance.now = () => realMonotonic() + monotonicMs;
globalThis.Date = new Proxy(Date, {
  construct: (target, given: unknown[], called) =>
    Reflect.construct(target, given.length === 0 ? [target.now()] : given, called) as Date,
});

process.on('message', (jump: ClockJump) => {
  wallMs += jump.wallMs;
  monotonicMs += jump.monotonicMs;
});
// The program ends when its own work is done.
process.channel?.unref();
