// The one kind of error that the widget shows to the page.

export class MessengerAuthError extends Error {
  name = "MessengerAuthError";

  /** @param {Failure} failure */
  constructor(failure) {
    super(failure.message);
    Object.assign(this, failure);
  }
}

/**
 * @param {string} code
 * @param {string} message what happened
 * @param {string} help what to do about it
 * @param {unknown} [cause]
 */
export const failure = (code, message, help, cause) => new MessengerAuthError({ code, message, help, cause });

/**
 * Whatever was thrown, as ours. What has no `help` was not thrown on purpose: a fault.
 * @param {any} thrown
 */
export const typed = (thrown) =>
  thrown instanceof MessengerAuthError
    ? thrown
    : thrown?.help
      ? new MessengerAuthError(thrown)
      : failure("crashed", "The widget broke.", "Reload the page.", thrown);

/**
 * Calls a function of the page's, after this turn: when it throws, the page's own error reporting
 * hears of it, and we go on; and it may call the engine, which may still be in the middle of something.
 * @template T
 * @param {(value: T) => unknown} callback
 * @param {T} value
 */
export const tell = (callback, value) => queueMicrotask(() => callback(value));
