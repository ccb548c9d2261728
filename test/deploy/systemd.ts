import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const UNIT = 'lms-agent.service';

/** What systemd says of a unit; the program that it starts need not be installed. `folder`: a scratch directory. */
export async function systemdComplaints(analyze: string, text: string, folder: string): Promise<string[]> {
  const path = join(folder, UNIT);
  await writeFile(path, text.replace('/usr/bin/lms', process.execPath));
  const said = await promisify(execFile)(analyze, ['verify', '--man=no', path]).catch(
    (error: unknown) => error as { readonly stderr: string },
  );
  return said.stderr.split('\n').filter((line) => line.includes(UNIT));
}
