import type { Bus, Message } from './messages.ts';

/** The tabs that a channel joins; this one alone, without one. */
export function openBus(channel: BroadcastChannel | undefined): Bus {
  const listeners = new Set<(message: Message) => void>();
  const hear = (message: Message) => {
    for (const listener of [...listeners]) listener(message);
  };
  if (channel !== undefined)
    // Only pages of this origin, and so of this server, can say anything here.
    channel.onmessage = ({ data }: MessageEvent<Message>) => {
      hear(data);
    };
  return {
    say(message) {
      channel?.postMessage(message);
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
