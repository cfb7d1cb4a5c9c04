/**
 * Sets a field that is not listed: what logs or copies the object does not see it (it leads to the login), while proxies
 * and objects that inherit from it reach it, as they cannot reach `#private` fields. A class with many of these has one
 * hidden field `self`, the object itself, and public methods take `this.self.#field`.
 */
export function setHidden<T extends object>(object: T, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value });
}
