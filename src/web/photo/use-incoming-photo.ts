/** @file Photos that are dropped or pasted anywhere on the page. */
import { useEffect, useState } from 'react';

/** The first picture among files, else the first file, of which it is told whether it can be read; null where there is none. */
export function photoAmong(files: Iterable<File>): File | null {
  const all = [...files];
  // Some systems know no type of HEIC.
  return all.find((file) => file.type.startsWith('image/')) ?? all.at(0) ?? null;
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
      const photo = photoAmong(event.dataTransfer?.files ?? []);
      if (photo !== null) take(photo);
    };
    const paste = (event: ClipboardEvent) => {
      const photo = photoAmong(event.clipboardData?.files ?? []);
      if (photo !== null) take(photo);
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
