/** Sizes in bytes: small enough at first that what grows too fast is found before it takes minutes. */
const SMALLEST = 4 * 1024;
const LARGEST = 1024 * 1024;
const STEP = 4;
/** Below this, in milliseconds, a time says nothing. */
const MEASURABLE_MS = 10;
const TRIES = 4;

/**
 * The most that the time of `run` grew by when its input had four times the size, up to a megabyte. `prepare`
 * makes an input of about a size. 4 is linear, 16 is quadratic. Stops at the first that is over `limit`.
 */
export function growth<T>(prepare: (size: number) => T, run: (input: T) => unknown, limit: number): number {
  let smaller = prepare(SMALLEST);
  let smallerMs = leastMs(() => run(smaller));
  let worst = 0;
  for (let size = STEP * SMALLEST; size <= LARGEST && worst <= limit; size *= STEP) {
    const larger = prepare(size);
    let largerMs = leastMs(() => run(larger));
    const ratio = () => largerMs / Math.max(MEASURABLE_MS, smallerMs);
    // Others work on the machine too: one good try will do.
    for (let tries = 1; tries < TRIES && ratio() > limit; tries += 1) {
      largerMs = Math.min(
        largerMs,
        leastMs(() => run(larger)),
      );
    }
    worst = Math.max(worst, ratio());
    smaller = larger;
    smallerMs = largerMs;
  }
  return worst;
}

/** The processor's time that something takes at its best of some tries, in milliseconds: waiting for a processor is none. */
export function leastMs(run: () => unknown, tries = 3): number {
  let least = Infinity;
  for (let times = 0; times < tries; times += 1) {
    const before = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1_000);
  }
  return least;
}
