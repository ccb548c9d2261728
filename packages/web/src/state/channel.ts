/** What the tabs of a browser that show the same server say to each other; undefined: it does not let them. */
export function openChannel(name: string): BroadcastChannel | undefined {
  try {
    return new BroadcastChannel(`${name}:${new URL('.', location.href).pathname}`);
  } catch {
    return undefined;
  }
}
