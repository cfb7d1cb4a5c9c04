/** What the server calls the command of a method: `multiGet` is `multi_get`. */
export function wireName(method: string): string {
  return method.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
