import type { InputOptionName, InputOptions } from './input-options.ts';
import type { Target } from './targets.ts';

/** An option that an input has no use for. */
export interface Misfit {
  readonly name: InputOptionName;
  /** What it is for: a sentence. */
  readonly message: string;
}

interface Use {
  readonly isFor: (kind: Target['kind']) => boolean;
  readonly message: string;
}

/** Options that not every input has a use for. */
const USES: Readonly<Partial<Record<InputOptionName, Use>>> = {
  reconnect: { isFor: (kind) => kind === 'tcp', message: 'It is for tcp:// alone.' },
  spool: {
    isFor: (kind) => kind !== 'files',
    message: 'It is for sockets and pipes: a file can be read again.',
  },
};

/** Those of its options that an input has no use for. */
export function misfitsOf({ kind }: Target, options: InputOptions): readonly Misfit[] {
  return (Object.keys(options) as InputOptionName[]).flatMap((name) => {
    const use = USES[name];
    return use === undefined || use.isFor(kind) ? [] : [{ name, message: use.message }];
  });
}
