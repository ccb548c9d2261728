import { InvalidArgumentError } from 'commander';

/** Reads a whole number within bounds; for commander, which prints the complaint. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^[+-]?\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It should be a whole number from ${bound(min)} to ${bound(max)}.`);
  };
}

/** Reads a number within bounds. */
export function decimalNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d*\.?\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It should be a number from ${bound(min)} to ${bound(max)}.`);
  };
}

function bound(value: number): string {
  return value.toLocaleString('en-US');
}
