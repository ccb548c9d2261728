import { render } from 'preact';
import { App } from './app/App.tsx';
import { startLive } from './live/live.ts';
import { startSession } from './state/session.ts';

import './styles/tokens.css';
import './styles/base.css';

const place = document.querySelector('#page');
if (place !== null) render(<App />, place);
startSession();
startLive();
