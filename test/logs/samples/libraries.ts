import { GO_SAMPLES } from './go.ts';
import { JAVA_AND_DOTNET_SAMPLES } from './java-and-dotnet.ts';
import { NODE_SAMPLES } from './node.ts';
import type { Sample } from './sample.ts';

/** Records of all logging libraries that are known. */
export const LIBRARY_SAMPLES: readonly Sample[] = [
  ...NODE_SAMPLES,
  ...GO_SAMPLES,
  ...JAVA_AND_DOTNET_SAMPLES,
];
