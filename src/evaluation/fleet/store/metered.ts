/** A store that says how much went through it. */
import type { Store } from './store.js';

export interface StoreMeter {
  readonly fetched: (bytes: number) => void;
  readonly stored: (bytes: number) => void;
}

export function metered(store: Store, meter: StoreMeter | undefined): Store {
  if (!meter) return store;
  return {
    ...store,
    async get(blob) {
      const bytes = await store.get(blob);
      meter.fetched(bytes.length);
      return bytes;
    },
    async put(bytes) {
      const blob = await store.put(bytes);
      meter.stored(bytes.length);
      return blob;
    },
  };
}
