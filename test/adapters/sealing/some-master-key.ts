import { masterKeysText, newMasterKey } from '../../../adapters/sealing/master-keys.ts';

/** A master key that nobody else has, as the environment would give it. */
export const someMasterKey = (): { readonly text: string; readonly name: string } => ({
  text: masterKeysText([newMasterKey()]),
  name: 'the test',
});
