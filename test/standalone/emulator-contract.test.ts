import { inject } from 'vitest';
import { pubsubContract } from '../contract/pubsub.contract.ts';
import { EMULATOR, SERVICE } from '../contract/pubsub-quirks.ts';
import { emulatorServer } from '../contract/pubsub-subject.ts';

// Where no emulator can be had, the run has said loudly that our broker stands in for it: it has none of the
// quirks.
const isReal = inject('emulatorIsReal');

pubsubContract(
  emulatorServer(
    isReal ? "Google's emulator" : "the embedded broker in the emulator's place",
    isReal ? EMULATOR : SERVICE,
    () => inject('emulatorHost'),
  ),
);
