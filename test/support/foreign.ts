/**
 * Whether a machine that cannot have the programs of others fails the run (LMS_REQUIRE_FOREIGN). Otherwise
 * what needs them is left out, and the run says so.
 */
export function foreignClientsAreRequired(): boolean {
  return Boolean(process.env['LMS_REQUIRE_FOREIGN']);
}
