/**
 * Looks every 10 ms until there is an answer that is neither empty nor false, and returns it. Without one in time it throws an error
 * that names what it waited for: a text, or a function where the error should show the state of the moment.
 */
export async function until<Answer>(
  what: string | (() => string),
  look: () => Answer | Promise<Answer>,
  timeoutMs = 20_000,
): Promise<Answer> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    const answer = await look();
    if (answer) return answer;
    if (performance.now() > end) {
      throw new Error(`waited ${timeoutMs} ms for ${typeof what === 'string' ? what : what()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
