/**
 * Writes texts as they stand in a statement that is not prepared: as hexadecimal digits, so that nothing in them
 * can be taken for SQL. Each text is converted once.
 */
export function textLiterals(): (text: string) => string {
  const known = new Map<string, string>([['', "''"]]);
  return (text) => {
    let literal = known.get(text);
    if (literal === undefined) {
      literal = `_utf8mb4 x'${Buffer.from(text).toString('hex')}'`;
      known.set(text, literal);
    }
    return literal;
  };
}
