import { findProgram } from './program.ts';

/**
 * Whether a machine that cannot have the programs of others fails the run (LMS_REQUIRE_FOREIGN). Otherwise
 * what needs them is left out, and the run says so.
 */
export function foreignClientsAreRequired(): boolean {
  return Boolean(process.env['LMS_REQUIRE_FOREIGN']);
}

/** The path of a program of somebody else; undefined: it is not here, and that was said. Throws where it is required. */
export async function foreignProgram(name: string): Promise<string | undefined> {
  const path = await findProgram(name);
  if (path !== undefined) return path;
  if (foreignClientsAreRequired()) throw new Error(`${name} is not on this machine (LMS_REQUIRE_FOREIGN)`);
  process.stderr.write(`${name} is not on this machine: what it does is not tested here.\n`);
  return undefined;
}
