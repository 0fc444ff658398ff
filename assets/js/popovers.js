// The "why" of a priority opens on tap and keyboard by itself (details); hover and Escape here.
export function watchPopovers(page) {
  const all = () => page.querySelectorAll('details.prio[open]');
  const closeOthers = (kept) => { for (const open of all()) if (open !== kept) open.open = false; };

  page.addEventListener('pointerover', ({ target, pointerType }) => {
    const hovered = pointerType === 'mouse' && target.closest?.('details.prio');
    if (!hovered || hovered.open) return;
    closeOthers(hovered);
    hovered.open = true;
    hovered.dataset.hover = '1';
  });
  page.addEventListener('pointerout', ({ target, relatedTarget, pointerType }) => {
    const left = pointerType === 'mouse' && target.closest?.('details.prio[data-hover]');
    if (left && !left.contains(relatedTarget)) { left.open = false; delete left.dataset.hover; }
  });
  // A click on what hovering already opened keeps it open instead of closing it.
  page.addEventListener('click', (event) => {
    const pinned = event.target.closest?.('details.prio[data-hover] > summary')?.parentElement;
    if (pinned) { event.preventDefault(); delete pinned.dataset.hover; }
    else closeOthers(event.target.closest?.('details.prio'));
  });
  page.addEventListener('keydown', ({ key }) => { if (key === 'Escape') closeOthers(null); });
  page.addEventListener('focusin', ({ target }) => {
    const focused = target.closest?.('details.prio');
    closeOthers(focused);
    if (focused && target.matches('summary:focus-visible')) focused.open = true;
  });
}
