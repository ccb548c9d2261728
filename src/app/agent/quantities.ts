/** Says why a value cannot be taken. */
export class Complaint {
  /** What it should be: a sentence. */
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

/** A value that was read, or why it could not be. */
export type Read<T> = T | Complaint;

const DURATION = /^(\d+(?:\.\d+)?) ?(ms|s|m|min|h|d)?$/;
const MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
/** Longest time that a timer of Node can wait. */
const MAX_TIMER_MS = 2_147_483_647;

/** A length of time in milliseconds: `5s`, `500ms`, `1.5h`; a number without a unit is seconds. */
export function readDuration(value: unknown): Read<number> {
  const [, amount = '', unit = 's'] = DURATION.exec(String(value)) ?? [];
  const ms = Number(amount) * (MS[unit] ?? Number.NaN);
  if (amount !== '' && ms > 0 && ms <= MAX_TIMER_MS) return ms;
  return new Complaint('It should be a time such as 5s, 500ms or 2m, of 24 days at most.');
}

const BYTES = /^(\d+(?:\.\d+)?) ?(k|m|g|t)?(i?)b?$/i;
const POWERS = ['', 'k', 'm', 'g', 't'];

/** A number of bytes: `1GB` is 10^9, `512MiB` 2^29; 0 is none. */
export function readBytes(value: unknown): Read<number> {
  const [, amount = '', unit = '', binary = ''] = BYTES.exec(String(value)) ?? [];
  const bytes = Math.round(
    Number(amount) * (binary === '' ? 1_000 : 1_024) ** POWERS.indexOf(unit.toLowerCase()),
  );
  if (amount !== '' && Number.isSafeInteger(bytes)) return bytes;
  return new Complaint('It should be a number of bytes such as 1GB or 512MiB.');
}
