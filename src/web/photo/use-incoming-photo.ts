/** @file Photos that are dropped or pasted anywhere on the page. */
import { useEffect, useState } from 'react';

/** The first picture among files; null where there is none. */
export function pictureAmong(files: Iterable<File>): File | null {
  for (const file of files) if (file.type.startsWith('image/')) return file;
  return null;
}

/** @returns whether something is being dragged over the page */
export function useIncomingPhoto(take: (photo: Blob) => void): boolean {
  const [isDraggedOver, setDraggedOver] = useState(false);
  useEffect(() => {
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    const over = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setDraggedOver(true);
    };
    const leave = (event: DragEvent) => {
      // Null beyond the window; moving between elements leaves each of them too.
      if (event.relatedTarget === null) setDraggedOver(false);
    };
    const drop = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setDraggedOver(false);
      const picture = pictureAmong(event.dataTransfer?.files ?? []);
      if (picture !== null) take(picture);
    };
    const paste = (event: ClipboardEvent) => {
      const picture = pictureAmong(event.clipboardData?.files ?? []);
      if (picture !== null) take(picture);
    };
    window.addEventListener('dragover', over);
    window.addEventListener('dragleave', leave);
    window.addEventListener('drop', drop);
    window.addEventListener('paste', paste);
    return () => {
      window.removeEventListener('dragover', over);
      window.removeEventListener('dragleave', leave);
      window.removeEventListener('drop', drop);
      window.removeEventListener('paste', paste);
    };
  }, [take]);
  return isDraggedOver;
}
