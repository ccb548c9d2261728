import { readFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { showScreen } from '../../../src/cli/dev/screen.ts';

it('says what README.md shows', async () => {
  const output = new PassThrough();
  showScreen(
    {
      url: 'http://127.0.0.1:8080',
      emulatorHost: '127.0.0.1:8681',
      path: 'lms-dev.sqlite',
      isNew: true,
      simulatedRate: 5,
    },
    output,
  );
  output.end();
  const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
  expect(readme).toContain(`\`\`\`\n${(await text(output)).trimEnd()}\n\`\`\`\n`);
});
