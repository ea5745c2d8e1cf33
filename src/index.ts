/** @file What other programs may import: photos in, garments, vectors and similar items out. */

export type { BoxTuple } from './boxes/boxes.ts';
export type { CatalogueEntry, CataloguePicture } from './catalogue/catalogue.ts';
export { fetchPictures } from './catalogue/fetch-pictures.ts';
export { PictureFetcher } from './catalogue/picture-fetcher-node.ts';
export { type CatalogueOptions, readCatalogue } from './catalogue/read-catalogue-node.ts';
export type { DescriptorName, GarmentDetection, GarmentEngine, VectorSpace } from './embedding/descriptor.ts';
export { openEngine } from './embedding/open-engine-node.ts';
export { DeepShopError } from './errors/errors.ts';
export { evaluateDetections } from './evaluation/evaluate-detections.ts';
export { readPhoto } from './image/decode-node.ts';
export type { Photo } from './image/photo.ts';
export { openOnnx, readOnnx } from './onnx/decode-node.ts';
export { indexCatalogue } from './retrieval/index-catalogue-node.ts';
export {
  type GarmentAnswer,
  recommendForBox,
  recommendForPhoto,
  recommendLikeItems,
  recommendLook,
} from './retrieval/recommend.ts';
export type { SimilarItem } from './retrieval/similar-items.ts';
export type { Filter } from './stores/filter.ts';
export {
  openAnyStore as openStore,
  openAnyStoreForWriting as openStoreForWriting,
} from './stores/open-store-node.ts';
export { parseFilter } from './stores/parse-filter.ts';
export type { Row } from './stores/row.ts';
export type { OpenedStore, VectorStore } from './stores/vector-store.ts';
