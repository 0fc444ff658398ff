// Dropping a file on its row, its own time as the import's, and the limit said before the upload.
function refuse(form, words) {
  form.querySelector('[data-upload-problem]').textContent = words;
  return !words;
}

function accepted(form) {
  const { files } = form.querySelector('[type=file]');
  const limit = Number(form.dataset.limit);
  if (!files.length) return refuse(form, '');
  if (!/\.csv$/i.test(files[0].name)) return refuse(form, 'This is not a CSV file.');
  if (!files[0].size) return refuse(form, 'The file is empty.');
  if (files[0].size > limit) {
    return refuse(form, `The file is larger than ${limit / 1e6} MB. Send it in parts.`);
  }
  form.querySelector('[data-file-time]').value = new Date(files[0].lastModified).toISOString();
  return refuse(form, '');
}

for (const form of document.querySelectorAll('form[data-upload]')) {
  const input = form.querySelector('[type=file]');
  input.addEventListener('change', () => accepted(form));
  form.addEventListener('submit', (event) => { if (!accepted(form)) event.preventDefault(); });
  form.addEventListener('dragover', (event) => {
    event.preventDefault();
    form.toggleAttribute('data-over', true);
  });
  form.addEventListener('dragleave', () => form.removeAttribute('data-over'));
  form.addEventListener('drop', (event) => {
    event.preventDefault();
    form.removeAttribute('data-over');
    if (event.dataTransfer.files.length !== 1) {
      refuse(form, 'Drop one file on each row.');
      return;
    }
    input.files = event.dataTransfer.files;
    if (accepted(form)) form.requestSubmit();
  });
}
