import { text } from '../text.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { keys } from './keys.ts';
import styles from './KeysDialog.module.css';

/** As keyboards have them. */
const SHOWN: Readonly<Record<string, string>> = {
  ArrowDown: '↓',
  ArrowUp: '↑',
  PageDown: 'PgDn',
  PageUp: 'PgUp',
  Escape: 'Esc',
};

/** Every key that works, with what it does. */
export function KeysDialog({ close }: { readonly close: () => void }) {
  return (
    <Dialog title={text.app.help} close={close}>
      <dl class={styles.keys}>
        {keys.value.map(({ key, does }) => (
          <div key={key}>
            <dt>
              <kbd>{SHOWN[key] ?? key}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
