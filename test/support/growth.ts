/** Sizes in bytes: small enough at first that what grows too fast is found before it takes minutes. */
const SMALLEST = 4 * 1024;
const LARGEST = 1024 * 1024;
/** Below this, in milliseconds, a time says nothing. */
const MEASURABLE_MS = 10;
const TRIES = 5;

/**
 * The most that the time of `run` grew by when its input had four times the size, up to a megabyte. `prepare`
 * makes an input of about a size. 4 is linear, 16 is quadratic. Stops at the first that is over `limit`.
 */
export function growth<T>(prepare: (size: number) => T, run: (input: T) => unknown, limit: number): number {
  let worst = 0;
  for (let size = SMALLEST; size < LARGEST && worst <= limit; size *= 4) {
    const [small, large] = [prepare(size), prepare(4 * size)];
    worst = Math.max(
      worst,
      leastRatio(
        () => run(small),
        () => run(large),
        limit,
      ),
    );
  }
  return worst;
}

/** The least of a few tries, for others work on the machine too; one that is good will do. */
function leastRatio(small: () => unknown, large: () => unknown, limit: number): number {
  let ratio = Infinity;
  for (let tries = 0; tries < TRIES && ratio > limit; tries += 1) {
    const smallMs = Math.max(MEASURABLE_MS, leastMs(small));
    ratio = Math.min(ratio, leastMs(large) / smallMs);
  }
  return ratio;
}

/** How long something takes, in milliseconds, at its best. */
export function leastMs(run: () => unknown): number {
  let least = Infinity;
  for (let times = 0; times < 3; times += 1) {
    const start = performance.now();
    run();
    least = Math.min(least, performance.now() - start);
  }
  return least;
}
