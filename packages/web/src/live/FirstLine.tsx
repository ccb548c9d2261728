import { useEffect } from 'preact/hooks';
import { client } from '../api/api.ts';
import { createPane } from '../state/pane.ts';
import { run } from '../state/run.ts';
import { who } from '../state/session.ts';
import { text } from '../text.ts';
import { Button } from '../ui/Button.tsx';
import { copy } from '../ui/copy.ts';
import { curlCommand, pubCommand } from './first-line.ts';
import styles from './FirstLine.module.css';

const servicesPane = createPane<boolean>();

/** How to send the first line: where everything is asked for, and there is no service yet. Nothing, otherwise. */
export function FirstLine() {
  const { q, since, until } = run.value;
  const asksAll = q.trim() === '' && since === undefined && until === undefined;
  useEffect(() => {
    if (asksAll) void servicesPane.load(hasNone);
  }, [asksAll]);
  if (!asksAll || servicesPane.value.value !== true) return null;
  const place = {
    href: location.href,
    needsToken: who.value !== undefined && who.value.name !== 'everybody',
  };
  return (
    <div class={styles.first}>
      <h2>{text.empty.title}</h2>
      <p>{text.empty.byHttp}</p>
      <Command command={curlCommand(place, text.empty.firstText)} />
      <p>{text.empty.byPubSub}</p>
      <Command command={pubCommand(text.empty.firstText)} />
      <p>{text.empty.then}</p>
      <p class={styles.more}>{text.empty.more}</p>
    </div>
  );
}

async function hasNone(signal: AbortSignal): Promise<boolean> {
  const { services } = await client.services({ signal });
  return services.length === 0;
}

function Command({ command }: { readonly command: string }) {
  return (
    <div class={styles.command}>
      <pre>{command}</pre>
      <Button
        onClick={() => {
          void copy(command);
        }}
      >
        {text.empty.copy}
      </Button>
    </div>
  );
}
