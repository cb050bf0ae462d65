/*
 * A paper whose print was just written down: opens the printer's dialog, where the browser shows PDFs itself. Elsewhere (phones) the
 * link beside stays the way. A browser under remote control has no printer, and Chromium's page crashes when it is asked for one.
 */

const link = document.querySelector("a[data-print]");

if (link && navigator.pdfViewerEnabled && !navigator.webdriver) {
  const frame = document.createElement("iframe");
  frame.className = "wm-printer";
  frame.title = link.textContent;
  frame.setAttribute("aria-hidden", "true");
  frame.tabIndex = -1;
  frame.addEventListener("load", () => {
    try {
      frame.contentWindow.focus();
      frame.contentWindow.print();
    } catch {
      /* The viewer is none of ours to command; the link stays. */
    }
  });
  frame.src = link.href;
  document.body.append(frame);
}
