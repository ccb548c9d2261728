import { signal } from '@preact/signals';
import { setTheme, theme, THEMES } from '../state/theme.ts';
import { text } from '../text.ts';
import { Button } from '../ui/Button.tsx';
import { lazily } from '../ui/lazily.tsx';
import styles from './Header.module.css';
import { useKeys } from './keys.ts';
import { SessionMenu } from './SessionMenu.tsx';

const KeysDialog = lazily(async () => (await import('./KeysDialog.tsx')).KeysDialog, null);

const isHelpOpen = signal(false);

/** What stands above every page: its name, the pages, and what is about the reader. */
export function Header() {
  useKeys([{ key: '?', does: text.app.help, press: () => (isHelpOpen.value = true) }]);
  return (
    <header class={styles.header}>
      <a class={styles.skip} href="#lines">
        {text.app.skip}
      </a>
      <h1 class={styles.brand}>
        <a href="./">{text.app.name}</a>
      </h1>
      <nav class={styles.pages}>
        <a href="./" aria-current="page">
          {text.app.pages.logs}
        </a>
      </nav>
      <SessionMenu />
      <Button isQuiet label={text.app.theme[theme.value]} onClick={nextTheme}>
        {{ system: '◐', light: '☀', dark: '☾' }[theme.value]}
      </Button>
      <Button isQuiet label={`${text.app.help} (?)`} onClick={() => (isHelpOpen.value = true)}>
        ?
      </Button>
      {isHelpOpen.value && <KeysDialog close={() => (isHelpOpen.value = false)} />}
    </header>
  );
}

function nextTheme(): void {
  setTheme(THEMES[(THEMES.indexOf(theme.peek()) + 1) % THEMES.length] ?? 'system');
}
