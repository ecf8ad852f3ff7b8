// Regions that look again by themselves: folds and menus stay as they are, whoever worked in one
// with the keyboard is not thrown out of it when a button goes away, and what went wrong is said.
(() => {
  'use strict';

  const LOOKS_AGAIN = '[hx-trigger^="every"]';
  let region = null;

  window.Idiomorph.defaults.callbacks.beforeAttributeUpdated = (name, element) =>
    !(name === 'open' && element.matches('details'));

  const wentElsewhere = ({ xhr, pathInfo }) => {
    const asked = new URL(pathInfo.requestPath, document.baseURI).pathname;
    return new URL(xhr.responseURL).pathname !== asked;
  };

  document.addEventListener('htmx:beforeSwap', (event) => {
    const { detail } = event;
    region = document.activeElement?.closest(LOOKS_AGAIN)?.id ?? null;
    const isLook = detail.requestConfig.verb === 'get';
    if (wentElsewhere(detail) || (isLook && detail.xhr.status >= 400)) {
      // Signed out, or the role is gone: the whole page says so.
      detail.shouldSwap = false;
      if (detail.xhr.status < 500) window.location.reload();
    } else if (detail.xhr.status >= 400) {
      detail.target = document.getElementById('flashes');
      detail.swapOverride = 'innerHTML';
    }
  });

  document.addEventListener('htmx:afterSettle', () => {
    if (region && document.activeElement === document.body) {
      document.getElementById(region)?.focus({ preventScroll: true });
    }
    region = null;
  });
})();
