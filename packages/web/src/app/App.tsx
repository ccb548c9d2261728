import { isSignedOut } from '../api/reach.ts';
import { LogsPage } from '../logs/LogsPage.tsx';
import { lazily } from '../ui/lazily.tsx';
import styles from './App.module.css';
import { AwayNotice } from './AwayNotice.tsx';
import { Header } from './Header.tsx';

const SignIn = lazily(async () => (await import('./SignIn.tsx')).SignIn);

/** The page: what all of it has in common, and the part that the address names. */
export function App() {
  return (
    <div class={styles.app}>
      <Header />
      <AwayNotice />
      {isSignedOut.value ? <SignIn /> : <LogsPage />}
    </div>
  );
}
