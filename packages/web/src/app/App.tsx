import { isSignedOut } from '../api/signed-out.ts';
import { LogsPage } from '../logs/LogsPage.tsx';
import styles from './App.module.css';
import { Header } from './Header.tsx';
import { SignIn } from './SignIn.tsx';

/** The page: what all of it has in common, and the part that the address names. */
export function App() {
  return (
    <div class={styles.app}>
      <Header />
      {isSignedOut.value ? <SignIn /> : <LogsPage />}
    </div>
  );
}
