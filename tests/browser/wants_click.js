// Plays a browser that lets no sound out before a person's click. A real one counts each script that a test runs in the
// page as a click, so it cannot be had otherwise.
(() => {
  let isAllowed = false;
  addEventListener("pointerdown", ({ isTrusted }) => (isAllowed ||= isTrusted), true);
  window.AudioContext = class extends AudioContext {
    constructor(options) {
      super(options);
      if (!isAllowed) super.suspend();
    }

    resume() {
      return isAllowed ? super.resume() : new Promise(() => {});
    }
  };
})();
