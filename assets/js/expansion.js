// Expanding a job: the link would open it by a page load; here its rows are shown in place.
function toggleRows(link) {
  const open = link.getAttribute('aria-expanded') !== 'true';
  link.setAttribute('aria-expanded', open);
  const group = link.closest('[data-group]');
  for (const row of group.querySelectorAll('[data-child]')) row.hidden = !open;
}

export function watchExpansion(page) {
  page.addEventListener('click', (event) => {
    const link = event.target.closest?.('[data-expand]');
    if (!link) return;
    event.preventDefault();
    toggleRows(link);
  });
}
