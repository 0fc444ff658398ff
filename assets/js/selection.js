// Ticking payables: tri-state group boxes, tinted rows, and a bar that says count and total.
const boxes = (scope) => [...scope.querySelectorAll('input[data-cents]:not(:disabled)')];

// A job whose rows are not loaded counts as one box that carries the job's own sum.
function items(group) {
  const loaded = boxes(group).filter((box) => !box.matches('[data-group-box]'));
  return loaded.length ? loaded : boxes(group);
}

function showState(box, list) {
  const on = list.filter((item) => item.checked).length;
  box.checked = on > 0 && on === list.length;
  box.indeterminate = on > 0 && on < list.length;
}

function tick(list, checked) {
  for (const item of list) item.checked = checked;
}

function dollars(form, cents) {
  const format = { style: 'currency', currency: form.dataset.currency };
  return new Intl.NumberFormat('en-US', format).format(cents / 100).replace('-', '−');
}

function tally(form, groups) {
  let count = 0, credits = 0, cents = 0;
  for (const group of groups) {
    for (const item of items(group)) {
      if (!item.checked) continue;
      cents += Number(item.dataset.cents);
      if (Number(item.dataset.cents) < 0) credits += 1;
      else count += Number(item.dataset.count ?? 1);
    }
  }
  return { count, credits, cents };
}

function words({ count, credits }) {
  if (!count && !credits) return 'Nothing selected';
  const credit = credits ? `, ${credits} credit${credits > 1 ? 's' : ''}` : '';
  return `${count} item${count === 1 ? '' : 's'}${credit} selected`;
}

export function watchSelection(form) {
  const groups = () => [...form.querySelectorAll('[data-group]')];
  const all = form.querySelector('[data-all]');
  const part = (name) => form.querySelector(`[data-bar-${name}]`);

  function sync() {
    for (const group of groups()) {
      const box = group.querySelector('[data-group-box]');
      if (!items(group).includes(box)) showState(box, items(group));
    }
    const list = groups().flatMap(items);
    showState(all, list);
    for (const item of list) item.closest('tr').toggleAttribute('data-sel', item.checked);
    const sums = tally(form, groups());
    part('count').textContent = words(sums);
    part('total').textContent = dollars(form, sums.cents);
    part('pay').disabled = sums.cents <= 0;
    part('pay').textContent = sums.cents > 0 ? `Pay ${dollars(form, sums.cents)}` : 'Pay selected';
  }

  form.addEventListener('change', ({ target }) => {
    if (target.matches('[data-all]')) tick(groups().flatMap(items), target.checked);
    if (target.matches('[data-group-box]')) {
      tick(items(target.closest('[data-group]')), target.checked);
    }
    sync();
  });
  form.addEventListener('click', (event) => {
    if (!event.target.closest('[data-clear]')) return;
    tick(groups().flatMap(items), false);
    sync();
  });
  // Rows that htmx brings in take over the state of their job's box.
  form.addEventListener('htmx:after:swap', (event) => {
    const group = event.target.closest?.('[data-group]');
    const box = group?.querySelector('[data-group-box]');
    if (box?.checked) tick(items(group), true);
    sync();
  });
  addEventListener('pageshow', sync);
  sync();
}
