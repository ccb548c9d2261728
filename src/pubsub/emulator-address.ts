import { LmsError } from '../errors/catalogue.ts';

/**
 * Host and port of `host:port`, `[::1]:port` or a URL of them. `localhost` becomes 127.0.0.1, where emulators
 * listen: the name may mean IPv6 first. Throws `LmsError` SETTINGS.
 */
export function emulatorAddress(emulatorHost: string): { host: string; port: number } {
  const match = /^(?:https?:\/\/)?(\[[\da-f:.]+\]|[^\s/:[\]]+):(\d{1,5})\/?$/i.exec(emulatorHost);
  const host = match?.[1];
  const port = Number(match?.[2]);
  if (host === undefined || port < 1 || port > 65_535) {
    throw new LmsError(
      'SETTINGS',
      `PUBSUB_EMULATOR_HOST=${emulatorHost} should be host:port, like 127.0.0.1:8681`,
    );
  }
  return { host: host.toLowerCase() === 'localhost' ? '127.0.0.1' : host, port };
}
