import { isAscii, isUtf8 } from 'node:buffer';
import type { Encoding } from './encoding.ts';

/** The text of a line. */
export interface LineText {
  /** Well-formed: what cannot be read is U+FFFD. */
  readonly text: string;
  /** The bytes in base64, if the text does not say all of them. */
  readonly rawBase64: string | undefined;
}

/** The text that bytes spell. Nothing is lost: bytes that are no text in the encoding are kept beside it. */
export function textOf(bytes: Buffer, encoding: Encoding): LineText {
  if (encoding !== 'utf-8') return utf16Text(bytes, encoding);
  if (isAscii(bytes)) return { text: bytes.toString('latin1'), rawBase64: undefined };
  return {
    text: withoutMark(bytes.toString('utf8')),
    rawBase64: isUtf8(bytes) ? undefined : bytes.toString('base64'),
  };
}

/** A byte order mark stands in front of lines where files were put together, or were opened anew: it is no text. */
function withoutMark(text: string): string {
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

function utf16Text(bytes: Buffer, encoding: Encoding): LineText {
  const units = bytes.subarray(0, bytes.length - (bytes.length % 2));
  const text = (encoding === 'utf-16be' ? Buffer.from(units).swap16() : units).toString('utf16le');
  const isWhole = units.length === bytes.length && text.isWellFormed();
  return {
    text: withoutMark(text.toWellFormed()),
    rawBase64: isWhole ? undefined : bytes.toString('base64'),
  };
}
