// Improves pages that already work without script: selection, running total, expanding jobs.
import { watchSelection } from './selection.js';
import { watchExpansion } from './expansion.js';
import { watchPopovers } from './popovers.js';
import { watchTicks } from './ticks.js';

for (const form of document.querySelectorAll('form[data-selection]')) watchSelection(form);
watchExpansion(document);
watchPopovers(document);
watchTicks(document);
// A form is sent once, however often its button is clicked; the server makes sure of it too.
// A download (its button has a target) leaves the page as it is: its form can be used again.
document.addEventListener('submit', (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== 'post' || event.submitter?.formTarget) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = '1';
});
addEventListener('pageshow', () => {
  for (const form of document.querySelectorAll('form[data-sent]')) delete form.dataset.sent;
});
for (const button of document.querySelectorAll('[data-print]')) {
  button.addEventListener('click', () => print());
}
