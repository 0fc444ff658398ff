// Ticking payables: tri-state group boxes, tinted rows, and a bar that says count and total.
const boxes = (scope) => [...scope.querySelectorAll('input[data-cents]:not(:disabled)')];

// A job whose rows are not loaded counts as one box that carries the job's own sum.
function items(group) {
  const loaded = boxes(group).filter((box) => !box.matches('[data-group-box]'));
  return loaded.length ? loaded : boxes(group);
}

export function showState(box, list) {
  const on = list.filter((item) => item.checked).length;
  box.checked = on > 0 && on === list.length;
  box.indeterminate = on > 0 && on < list.length;
}

function tick(list, checked) {
  for (const item of list) item.checked = checked;
}

const partOf = (box) => box.closest('tr').querySelector('.amt');

// A part typed on the document's line, else what its box says.
function worth(box) {
  const typed = +partOf(box)?.value.replace(/[$,]/g, '');
  return typed > 0 ? Math.round(typed * 100) : +box.dataset.cents;
}

export function dollars(form, cents) {
  const format = { style: 'currency', currency: form.dataset.currency };
  return new Intl.NumberFormat('en-US', format).format(cents / 100).replace('-', '−');
}

// What one job adds: documents, the credits a preview nets by itself, ticked ones left for others.
function groupSums(group) {
  let cents = 0, ticked = 0, count = 0;
  for (const box of items(group)) {
    const { dataset } = box;
    if (!box.checked) continue;
    if (dataset.cents < 0) ticked -= dataset.cents;
    else { cents += worth(box); ticked += +(dataset.ticked ?? 0); count += +(dataset.count ?? 1); }
  }
  const held = Math.max(group.dataset.credits, ticked);
  const used = Math.min(cents, held);
  return { cents, count, used, room: cents - used, left: Math.min(ticked, held - used) };
}

// The statement's discount, half up, if everything that counts is ticked (pricing.py decides).
function discount({ dataset }, list, cash) {
  const left = (box) => !box.checked || worth(box) < box.dataset.cents;
  const open = list.some((box) => left(box) && box.dataset.cents > 0 && !('query' in box.dataset));
  if (!dataset.discount || open) return 0;
  const [frozen, base] = [BigInt(dataset.discount), BigInt(dataset.base)];
  const part = BigInt(cash) < base ? BigInt(cash) : base;
  return Number((2n * frozen * part + base) / (2n * base));
}

function tally(form, groups) {
  const sums = { cents: 0, count: 0, used: 0, room: 0, left: 0 };
  for (const group of groups) {
    for (const [name, cents] of Object.entries(groupSums(group))) sums[name] += cents;
  }
  sums.used += Math.min(sums.room, sums.left);
  const cash = sums.cents - sums.used;
  sums.off = sums.count ? discount(form, groups.flatMap(items), cash) : 0;
  sums.fee = cash > sums.off ? +form.dataset.fee : 0;
  sums.total = cash - sums.off + sums.fee;
  return sums;
}

function words(form, { count, used, off, fee }) {
  if (!count) return 'Nothing selected';
  const said = [`${count} item${count === 1 ? '' : 's'} selected`];
  if (used) said.push(`${dollars(form, used)} credit used`);
  if (off) said.push(`${dollars(form, off)} discount`);
  else if (form.dataset.saving) said.push(`the whole saves ${dollars(form, form.dataset.saving)}`);
  if (fee) said.push(`${dollars(form, fee)} ACH fee`);
  return said.join(', ');
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
    for (const item of list) {
      item.closest('tr').toggleAttribute('data-sel', item.checked);
      if (!item.checked && partOf(item)) partOf(item).value = '';
    }
    const sums = tally(form, groups());
    part('count').textContent = words(form, sums);
    part('total').textContent = dollars(form, sums.total);
    part('pay').disabled = !sums.count;
    part('pay').textContent = sums.count ? `Pay ${dollars(form, sums.total)}` : 'Pay selected';
  }

  form.addEventListener('change', ({ target }) => {
    if (target.matches('[data-all]')) tick(groups().flatMap(items), target.checked);
    if (target.matches('[data-group-box]')) {
      tick(items(target.closest('[data-group]')), target.checked);
    }
    sync();
  });
  form.addEventListener('input', ({ target }) => {
    if (target.matches('.amt')) sync();
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
