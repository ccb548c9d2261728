import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { useKeys } from '../app/keys.ts';
import { address } from '../state/address.ts';
import { goToNewest, isFollowing, newBelow } from '../state/lines/lines.ts';
import { run, setLive } from '../state/run.ts';
import { text } from '../text.ts';
import { Button } from '../ui/Button.tsx';
import { lazily } from '../ui/lazily.tsx';
import { tryLiveNow } from './live.ts';
import { hasMissedTooMuch, liveLagMs, liveNotes, liveState } from './live-state.ts';
import styles from './LiveBar.module.css';
import { StoredUpTo } from './StoredUpTo.tsx';

const LiveNotes = lazily(async () => (await import('./LiveNotes.tsx')).LiveNotes, null);

const SIGNS = {
  off: '‖',
  hidden: '‖',
  connecting: '○',
  on: '●',
  reconnecting: '↻',
  unavailable: '△',
} as const;
const SECOND_MS = 1_000;

const now = signal(Date.now());

/** Whether lines come by themselves, how late, and up to when all is stored. */
export function LiveBar() {
  useKeys([{ key: 'l', does: text.live.key, press: toggle }]);
  const isOn = address.value.isLive && run.value.until === undefined;
  const { kind } = liveState.value;
  return (
    <section aria-label={text.live.label}>
      <div class={styles.bar} data-state={kind}>
        <Button onClick={toggle}>{isOn ? `❚❚ ${text.live.pause}` : `▶ ${text.live.resume}`}</Button>
        <span class={styles.state}>
          <span class={styles.sign} aria-hidden="true">
            {SIGNS[kind]}
          </span>
          <span role="status">{text.live.states[kind]}</span>
        </span>
        <Behind />
        <Trouble />
        <NewBelow />
        <StoredUpTo />
      </div>
      <div role="status">{(hasMissedTooMuch.value || liveNotes.value.length > 0) && <LiveNotes />}</div>
    </section>
  );
}

function toggle(): void {
  setLive(!(address.peek().isLive && run.peek().until === undefined));
}

function Behind() {
  if (liveLagMs.value === 0) return null;
  return <span class={styles.behind}>{text.live.behind(Math.round(liveLagMs.value / SECOND_MS))}</span>;
}

/** Why nothing comes, and when that is tried again. */
function Trouble() {
  const state = liveState.value;
  const isWaiting = state.kind === 'reconnecting';
  useEffect(() => {
    if (!isWaiting) return undefined;
    now.value = Date.now();
    const timer = setInterval(() => (now.value = Date.now()), SECOND_MS);
    return () => {
      clearInterval(timer);
    };
  }, [isWaiting]);
  if (state.kind !== 'reconnecting' && state.kind !== 'unavailable') return null;
  return (
    <>
      {isWaiting && <span>{text.live.inSeconds(Math.ceil((state.againAtMs - now.value) / SECOND_MS))}</span>}
      <Button onClick={tryLiveNow}>{text.live.tryNow}</Button>
      <span class={styles.reason}>
        {state.reason} {state.kind === 'unavailable' && state.isPolled && text.live.polled}
      </span>
    </>
  );
}

function NewBelow() {
  if (isFollowing.value || newBelow.value === 0) return null;
  return (
    <Button isOn onClick={goToNewest} label={text.live.toNewest}>
      {text.live.newBelow(newBelow.value)}
    </Button>
  );
}
