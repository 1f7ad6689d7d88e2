/** Freezes records and arrays, all the way down. Objects of classes, as the options of plugins may hold them, are left alone. */
export function deepFreeze<Value>(value: Value): Value {
  freeze(value, new WeakSet());
  return value;
}

/** Thousands of processes share one default, which is visited once. What is frozen already may hold what is not. */
function freeze(value: unknown, seen: WeakSet<object>): void {
  if (typeof value !== 'object' || value === null || seen.has(value) || !isPlain(value)) return;
  seen.add(value);
  Object.freeze(value);
  for (const item of Object.values(value)) freeze(item, seen);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === Array.prototype || prototype === null;
}
