/** Puts something else in the place of a method; the new one is given the old one. @returns how to put it back */
export function instead<T extends object, K extends keyof T>(prototype: T, name: K, make: (old: T[K]) => T[K]): () => void {
  const old = prototype[name]
  prototype[name] = make(old)
  return () => { prototype[name] = old }
}
