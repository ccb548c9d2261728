import { UTC } from '../../../src/agent/formats/zone.ts';
import { Conversation } from '../../../src/agent/sockets/conversation.ts';
import type { Intake } from '../../../src/agent/sockets/feed.ts';

/** An intake that takes everything, but for what a test does itself. */
export function fakeIntake(own: Partial<Intake>): Intake {
  return {
    open: () =>
      new Conversation({
        source: { zone: UTC },
        origin: { service: 's', host: 'h', tags: {} },
        isSyslog: false,
        nextId: () => 'id',
      }),
    push: () => Promise.resolve(),
    close: () => Promise.resolve(),
    message: () => Promise.resolve(),
    ...own,
  };
}
