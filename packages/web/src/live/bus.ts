import type { Bus, Message } from './messages.ts';

/** The tabs of this browser that show the same server, if the browser lets them speak with each other. */
export function openBus(name: string): Bus {
  const listeners = new Set<(message: Message) => void>();
  const hear = (message: Message) => {
    for (const listener of [...listeners]) listener(message);
  };
  const channel = new BroadcastChannel(name);
  // Only pages of this origin, and so of this server, can say anything here.
  channel.onmessage = ({ data }: MessageEvent<Message>) => {
    hear(data);
  };
  return {
    say(message) {
      channel.postMessage(message);
      hear(message);
    },
    listen(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}
