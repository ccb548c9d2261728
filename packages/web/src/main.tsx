import { render } from 'preact';
import { watchStyles } from './api/parts.ts';
import { App } from './app/App.tsx';
import { followNewReleases } from './app/new-release.ts';
import { startLive } from './live/live.ts';
import { startSession } from './state/session.ts';

import './styles/tokens.css';
import './styles/base.css';

const place = document.querySelector('#page');
followNewReleases();
watchStyles();
if (place !== null) render(<App />, place);
startSession();
startLive();
