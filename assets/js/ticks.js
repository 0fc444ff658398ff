// Ticking customers: the box of the whole page, tinted rows, a bar that says how many and how much.
// Listens on the page, since htmx replaces the list with every search.
import { dollars, showState } from './selection.js';

const rows = (form) => [...form.querySelectorAll('input[name=account]')];
const part = (form, name) => form.querySelector(`[data-bar-${name}]`);

function sync(form) {
  const on = rows(form).filter((box) => box.checked);
  const matching = form.querySelector('[data-matching]:checked');
  showState(form.querySelector('[data-all]'), rows(form));
  for (const box of rows(form)) box.closest('tr').toggleAttribute('data-sel', box.checked || !!matching);
  form.toggleAttribute('data-ticked', on.length > 0 || !!matching);
  const cents = on.reduce((sum, box) => sum + Number(box.dataset.cents), 0);
  part(form, 'count').textContent = `${matching?.dataset.matching ?? on.length} selected`;
  part(form, 'total').textContent = matching ? '' : `${dollars(form, cents)} open`;
}

function tick(form, checked) {
  for (const box of rows(form)) box.checked = checked;
  sync(form);
}

export function watchTicks(page) {
  page.addEventListener('change', ({ target }) => {
    const form = target.closest?.('form[data-ticks]');
    if (form && target.matches('[data-all]')) tick(form, target.checked);
    else if (form) sync(form);
  });
  page.addEventListener('click', ({ target }) => {
    const form = target.closest?.('form[data-ticks] [data-clear]')?.form;
    if (!form) return;
    form.reset();
    sync(form);
  });
  addEventListener('pageshow', () => page.querySelectorAll('form[data-ticks]').forEach(sync));
}
