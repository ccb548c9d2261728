/** What has to happen as the process ends. */
export interface Ending {
  /** Nothing is left to do in the process: what is asked for now is still waited for. */
  beforeExit(): void;
  /** The process ends: what is done now must be done at once. */
  exit(): void;
}

/** One listener of the process for all publishers: Node warns of many. */
const endings = new Set<Ending>();

/** From now on, until the returned function is called. */
export function atExit(ending: Ending): () => void {
  if (endings.size === 0) {
    process.on('beforeExit', beforeExit);
    process.on('exit', exit);
  }
  endings.add(ending);
  return () => {
    endings.delete(ending);
    if (endings.size > 0) return;
    process.off('beforeExit', beforeExit);
    process.off('exit', exit);
  };
}

function beforeExit(): void {
  for (const ending of endings) ending.beforeExit();
}

function exit(): void {
  for (const ending of endings) ending.exit();
}
