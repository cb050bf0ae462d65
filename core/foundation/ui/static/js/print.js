/* A paper whose print was just written down: opens the printer's dialog once the PDF is there. */

const frame = document.querySelector("iframe[data-print]");

frame?.addEventListener("load", () => {
  try {
    frame.contentWindow.focus();
    frame.contentWindow.print();
  } catch {
    /* This browser shows PDFs in a window of its own; the page says how to go on. */
  }
});
