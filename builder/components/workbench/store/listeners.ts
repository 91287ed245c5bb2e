export type Unsubscribe = () => void;

export function listeners<T>(): { add(listener: (value: T) => void): Unsubscribe; tell(value: T): void } {
  const all = new Set<(value: T) => void>();
  return {
    add(listener) {
      all.add(listener);
      return () => all.delete(listener);
    },
    tell(value) {
      for (const listener of [...all]) listener(value);
    },
  };
}
