/** Chromium in a POSIX locale calls its language `en-US@posix`, which it takes for none itself: libraries that format by it would fail. */
try {
  new Intl.NumberFormat(navigator.language);
} catch {
  Object.defineProperty(navigator, 'language', { value: 'en-US', configurable: true });
}
