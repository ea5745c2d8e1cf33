/**
 * @file The API's types, made from docs/openapi.json. Not written by hand: `npx tsx scripts/write-api.ts`.
 */

/** The newest first, of the last thousand since the start. No photos. */
export type AdminQueries = {
  readonly "queries": ReadonlyArray<{
  readonly "queryId": QueryId;
  readonly "at": string;
  readonly "outcome": "none" | "weak" | "answered";
  readonly "label": string | null;
  readonly "box": Box | null;
  readonly "filter": string | null;
  readonly "total": number;
  readonly "bestSimilarity": number | null;
}>;
};

export type AdminSummary = {
  readonly "version": string;
  readonly "startedAt": string;
  readonly "store": {
  readonly "kind": string;
  readonly "rows": number;
  readonly "products": number;
  /** Rows in whose picture no garment was found. */
  readonly "wholePictures": number;
  /** Of the model that indexed. */
  readonly "modelId": string;
  readonly "spaceId": string;
  readonly "committedAt": string | null;
  /** Measured recall@10 of the index against exact answers; null where every row is compared. */
  readonly "index": {
  readonly "rows": number;
  readonly "queries": number;
  readonly "recall": number;
  readonly "recallFiltered": number;
} | null;
};
  readonly "catalogue": {
  /** Rows by the class of their garment. */
  readonly "labels": ReadonlyArray<{
  readonly "value": string;
  readonly "count": number;
}>;
  readonly "categories": ReadonlyArray<{
  readonly "value": string;
  readonly "count": number;
}>;
  readonly "brands": ReadonlyArray<{
  readonly "value": string;
  readonly "count": number;
}>;
};
  /** Null where nobody wrote down one. */
  readonly "lastImport": {
  readonly "at": string;
  readonly "source": string;
  readonly "added": number;
  readonly "updated": number;
  readonly "unchanged": number;
  readonly "removed": number;
  readonly "numFailed": number;
  /** The first hundred. */
  readonly "failed": ReadonlyArray<{
  readonly "source": string;
  readonly "reason": string;
}>;
} | null;
  /** Since the start. */
  readonly "queries": {
  readonly "answered": number;
  readonly "withoutResult": number;
  readonly "weak": number;
};
  readonly "photos": {
  readonly "remembered": number;
  readonly "bytes": number;
};
  /** Markdown. */
  readonly "modelCard": string;
};

/** What else the shop says of an item; what it does not say is left out. */
export type Attributes = { readonly [name: string]: string | number | boolean };

/** A result for each item, in their order. */
export type BatchAnswer = {
  readonly "results": ReadonlyArray<{
  /** Null where it cannot be read. */
  readonly "id": string | null;
  /** As if it had been sent alone. */
  readonly "status": number;
  readonly "result"?: WriteResult;
  readonly "error"?: {
  readonly "code": string;
  readonly "message": string;
};
}>;
};

export type BatchOperation = {
  readonly "title"?: string | null;
  readonly "category"?: string | null;
  readonly "brand"?: string | null;
  readonly "colour"?: string | null;
  readonly "pattern"?: string | null;
  readonly "gender"?: string | null;
  readonly "price"?: number | null;
  readonly "currency"?: string | null;
  readonly "inStock"?: boolean | null;
  readonly "url"?: string | null;
  /** Further attributes that the store was made with (deepshop index --attribute). */
  readonly "attributes"?: { readonly [name: string]: string | number | boolean | null };
  /** Addresses of its pictures, where the server fetches them (--allow-url-queries). */
  readonly "images"?: ReadonlyArray<string>;
  readonly "id": string;
  readonly "action"?: "put";
} | {
  readonly "id": string;
  readonly "action": "delete";
};

export type BatchRequest = {
  readonly "items": ReadonlyArray<BatchOperation>;
};

/** [x1, y1, x2, y2] in pixels of the upright photo (EXIF applied). */
export type Box = readonly [number, number, number, number];

export type DeleteAnswer = {
  readonly "result": "deleted";
  readonly "pictures": number;
};

export type DetectAnswer = {
  readonly "photo": Photo;
  /** By descending score. */
  readonly "garments": ReadonlyArray<DetectedGarment>;
};

export type DetectRequest = {
  /** Only where the server allows it: --allow-url-queries. */
  readonly "url": string;
};

export type DetectedGarment = {
  readonly "box": Box;
  /** One of the model's classes. */
  readonly "label": string;
  readonly "score": number;
};

/** A garment that was found and described on the device. */
export type DeviceGarment = {
  readonly "vector": Vector;
  /** Class of the vector. */
  readonly "label"?: string | null;
  /** Classes to look among first, of one that might be several; that of the label where left out. */
  readonly "classes"?: ReadonlyArray<string>;
  /** For reasons of colour and pattern. */
  readonly "facts"?: GarmentFacts;
  /** Someone drew or moved the box. */
  readonly "drawn"?: boolean;
  /** Left out for the vector of a whole picture. */
  readonly "box"?: Box | null;
  readonly "score"?: number | null;
};

/** Every answer with a status of 400 or more. */
export type Error = {
  readonly "error": {
  /** Stable. Newer servers may have codes that this version does not know. */
  readonly "code": string;
  /** For people, in English: what is wrong, what was expected, what helps. */
  readonly "message": string;
  /** Field, part or character. */
  readonly "where"?: string;
  readonly "expected"?: string;
  readonly "got"?: string;
  /** What the reader can do about it. */
  readonly "cure"?: string;
  /** The same as in the header X-Request-Id and in the log. */
  readonly "requestId": string;
};
};

export type Event = {
  readonly "type": "view" | "click" | "cart" | "purchase";
  readonly "queryId": QueryId;
  /** Id of the item, its product or a variant of it, as the answer gave it. */
  readonly "item": string;
  /** In the list of its garment, from 0, over all pages. */
  readonly "position"?: number;
};

export type EventsAnswer = {
  readonly "accepted": number;
  /** Of items that the answer did not have, and those that were told before. */
  readonly "refused": number;
  /** Queries that the server does not know (any more): these events were not kept. */
  readonly "unknown": ReadonlyArray<QueryId>;
};

/** One event, or several. */
export type EventsRequest = Event | {
  readonly "events": ReadonlyArray<Event>;
};

/** A value, or a range of numbers up to but without `to`. */
export type FacetCount = {
  readonly "value": string | boolean;
  readonly "count": number;
} | {
  readonly "from": number;
  readonly "to": number;
  readonly "currency": string | null;
  readonly "count": number;
};

export type ForgetAnswer = {
  readonly "forgotten": boolean;
};

export type GarmentAnswer = {
  readonly "queryId": QueryId;
  /** In the photo, or in the picture of the first item that is liked. */
  readonly "box": Box | null;
  readonly "label": string | null;
  /** Of the detection. */
  readonly "score": number | null;
  /** No garment was found: items are similar to the picture as a whole. */
  readonly "wholePicture": boolean;
  readonly "items": ReadonlyArray<SimilarItem>;
  /** Items that can be paged through. */
  readonly "total": number;
  /** Of them, items of the garment's likely classes: they come first. All where no class is known. */
  readonly "ofKind": number;
  readonly "facets": { readonly [name: string]: ReadonlyArray<FacetCount> };
  /** Products that the filter kept off this page or the ones before it. */
  readonly "hidden": number;
  /** Every item of the page is a weak match. */
  readonly "nothingSimilar": boolean;
};

/** The colours and the texture of a garment; null is not known. */
export type GarmentFacts = {
  readonly "colours": ReadonlyArray<{
  readonly "hex": string;
  readonly "share": number;
}> | null;
  readonly "texture": {
  /** Mean step of lightness between neighbouring points, in L*. */
  readonly "energy": number;
  /** Shares of the steps by direction. */
  readonly "directions": ReadonlyArray<number>;
} | null;
};

export type Item = {
  /** Of the product. */
  readonly "id": string;
  readonly "title": string;
  readonly "attributes": Attributes;
  readonly "pictures": ReadonlyArray<ItemPicture>;
};

export type ItemPicture = {
  /** Address of the picture: on this server when it begins with a slash (?width= makes it smaller), else where the feed has it. Null where there is none. */
  readonly "image": string | null;
  /** The picture as the feed, or whoever put the item, named it. */
  readonly "source": string;
  /** Empty for the product's own. */
  readonly "variant": string;
  /** The garment that it sells, in its pixels. */
  readonly "box": Box;
  /** Class of the garment; null for the whole picture. */
  readonly "label": string | null;
  readonly "score": number | null;
};

export type ItemsPage = {
  readonly "items": ReadonlyArray<Item>;
  readonly "total": number;
  /** Cursor of the next page; null at the end. */
  readonly "next": string | null;
};

export type Model = {
  readonly "modelId": string;
  readonly "classes": ReadonlyArray<{
  readonly "label": string;
  /** Detections under this score are not shown. */
  readonly "minScore": number;
}>;
  /** Vectors of a device must be of this space. */
  readonly "space": {
  readonly "descriptor": "garment" | "paper" | "external";
  readonly "spaceId": string;
  readonly "dimension": number;
  readonly "metric": "cosine" | "euclidean";
  /** From which similarity on a match is strong or fair; null where nobody measured it. */
  readonly "calibration": {
  readonly "strong": number;
  readonly "fair": number;
} | null;
};
  /** How long this server keeps a photo that is sent, in memory only. */
  readonly "photoMinutes": number;
  /** As in model.json: how a photo becomes a tensor. */
  readonly "preprocessing": { readonly [name: string]: unknown };
  /** For use on a device: model.json and the weights, what this server finds in a drawn picture (to compare with), and the whole model as one ONNX file. */
  readonly "files": ReadonlyArray<{
  readonly "name": string;
  /** Relative to this server; has an ETag. */
  readonly "url": string;
  readonly "mediaType": string;
  /** Size; null for what is made when it is first asked for. */
  readonly "bytes": number | null;
}>;
};

/** A photo in the memory of the server: upright size, and how long its id serves. */
export type Photo = {
  readonly "id": PhotoId;
  readonly "width": number;
  readonly "height": number;
  /** From then on the id is answered with 410. */
  readonly "expiresAt": string;
};

/** Names a photo in the memory of the server until it expires. */
export type PhotoId = string;

/** What is left out stays as it is, null takes it away. Pictures that are given, here or as parts of a form, replace those of the product; a new product needs one. */
export type PutItem = {
  readonly "title"?: string | null;
  readonly "category"?: string | null;
  readonly "brand"?: string | null;
  readonly "colour"?: string | null;
  readonly "pattern"?: string | null;
  readonly "gender"?: string | null;
  readonly "price"?: number | null;
  readonly "currency"?: string | null;
  readonly "inStock"?: boolean | null;
  readonly "url"?: string | null;
  /** Further attributes that the store was made with (deepshop index --attribute). */
  readonly "attributes"?: { readonly [name: string]: string | number | boolean | null };
  /** Addresses of its pictures, where the server fetches them (--allow-url-queries). */
  readonly "images"?: ReadonlyArray<string>;
};

export type PutItemAnswer = {
  readonly "result": WriteResult;
  readonly "item": Item;
};

/** Joins events with this garment of this search. */
export type QueryId = string;

export type SearchAnswer = {
  /** Null where no photo was asked about. */
  readonly "photo": Photo | null;
  /** By descending score of the detection. */
  readonly "garments": ReadonlyArray<GarmentAnswer>;
};

/** One of: photo (a part of a form), photoId, url, item, like, vector, garments. */
export type SearchRequest = {
  /** A photo that was sent before. */
  readonly "photoId"?: PhotoId;
  /** The address of a photo, where the server allows it: --allow-url-queries. */
  readonly "url"?: string;
  /** Similar to this product or variant. */
  readonly "item"?: string;
  /** Of a device; spaceId beside it, and box, label, classes, facts and drawn where they are known. */
  readonly "vector"?: Vector;
  /** Several vectors of a device; spaceId beside it. */
  readonly "garments"?: ReadonlyArray<DeviceGarment>;
  /** Only what is in this box of the photo. Beside a vector: where it was found. */
  readonly "box"?: Box;
  /** More like these products or variants; alone, or beside a photo. */
  readonly "like"?: ReadonlyArray<string>;
  /** Less like these. */
  readonly "not"?: ReadonlyArray<string>;
  /** Of the vectors; must be the one that /v1/model names. */
  readonly "spaceId"?: string;
  /** Class of the vector. */
  readonly "label"?: string | null;
  /** Classes to look among first, of one that might be several; that of the label where left out. */
  readonly "classes"?: ReadonlyArray<string>;
  /** For reasons of colour and pattern. */
  readonly "facts"?: GarmentFacts;
  /** Someone drew or moved the box. */
  readonly "drawn"?: boolean;
  /** For example: price <= 50 and brand in ("Acme", "Böhm") */
  readonly "filter"?: string;
  /** Items a garment. */
  readonly "top"?: number;
  /** Items to pass over first: the next page. */
  readonly "offset"?: number;
  /** Fields to count beside the usual ones. */
  readonly "facets"?: ReadonlyArray<string>;
  /** Shop the look: no product for two garments. */
  readonly "look"?: boolean;
  /** Fewer items that are alike. */
  readonly "diverse"?: boolean;
  /** Do not put items of the garment's class first. */
  readonly "anyCategory"?: boolean;
  /** Compare every item, whatever index there is. */
  readonly "exact"?: boolean;
};

export type SimilarItem = {
  /** The variant's, or the product's where it has no variants. */
  readonly "id": string;
  readonly "product": string;
  readonly "title": string;
  /** Class of its garment; null where the whole picture was indexed. */
  readonly "label": string | null;
  readonly "similarity": number;
  /** Null where the model was not calibrated. */
  readonly "match": "strong" | "fair" | "weak" | null;
  /** Address of the picture: on this server when it begins with a slash (?width= makes it smaller), else where the feed has it. Null where there is none. */
  readonly "image": string | null;
  readonly "price": number | null;
  readonly "currency": string | null;
  readonly "url": string | null;
  readonly "attributes": Attributes;
  readonly "variants": ReadonlyArray<Variant>;
  /** Products that show the same photo and were folded into this one. */
  readonly "duplicates": ReadonlyArray<string>;
  readonly "why": Why;
};

export type Variant = {
  readonly "id": string;
  /** Address of the picture: on this server when it begins with a slash (?width= makes it smaller), else where the feed has it. Null where there is none. */
  readonly "image": string | null;
  readonly "price": number | null;
  readonly "url": string | null;
  readonly "similarity": number;
};

/** Numbers, or float32 in little-endian order as base64. */
export type Vector = ReadonlyArray<number> | string;

/** Null is not known. */
export type Why = {
  /** What was looked for. */
  readonly "box": "detected" | "drawn" | "whole" | "items";
  readonly "sameClass": boolean | null;
  /** Mean delta E, 0 to about 100. */
  readonly "colourDistance": number | null;
  readonly "textureSimilarity": number | null;
  readonly "shapeSimilarity": number | null;
  /** Products that the filter took away from before this one. */
  readonly "hidden": number;
  /** The same for people, in English. */
  readonly "words": ReadonlyArray<string>;
};

export type WriteResult = "added" | "updated" | "unchanged" | "deleted";

/** What each operation takes and gives. */
export interface Operations {
  /** Find the garments in a photo; its id serves later searches. */
  detect: { params: null; query: null; body: DetectRequest; answer: DetectAnswer };
  /** Find similar items for each garment of a photo, for a box, for items, or for vectors of a device. */
  search: { params: null; query: null; body: SearchRequest; answer: SearchAnswer };
  /** List the products by id. */
  listItems: { params: null; query: { readonly cursor?: string; readonly limit?: number }; body: null; answer: ItemsPage };
  /** One product, by its id or that of a variant. */
  getItem: { params: { readonly id: string }; query: null; body: null; answer: Item };
  /** Add a product or change it; its pictures come as addresses or as parts of a form. */
  putItem: { params: { readonly id: string }; query: null; body: PutItem; answer: PutItemAnswer };
  /** Remove a product with all its pictures. */
  deleteItem: { params: { readonly id: string }; query: null; body: null; answer: DeleteAnswer };
  /** Put and delete up to 500 products; each has a result of its own. */
  batchItems: { params: null; query: null; body: BatchRequest; answer: BatchAnswer };
  /** Items similar to a product or variant. */
  similarItems: { params: { readonly id: string }; query: { readonly filter?: string; readonly top?: number; readonly offset?: number }; body: null; answer: SearchAnswer };
  /** A picture of an item, made smaller, without metadata. Addresses of it stand in answers. */
  getPicture: { params: { readonly product: string; readonly picture: string }; query: { readonly width?: "160" | "320" | "640" | "1280" }; body: null; answer: Response };
  /** Say what a shopper did with an answer: view, click, cart, purchase. */
  sendEvents: { params: null; query: null; body: EventsRequest; answer: EventsAnswer };
  /** Forget a query: its vector, its box and its events. */
  forgetQuery: { params: { readonly id: QueryId }; query: null; body: null; answer: ForgetAnswer };
  /** The model: classes, vector space, preprocessing, and files for use on a device. */
  getModel: { params: null; query: null; body: null; answer: Model };
  /** A file of the model. */
  getModelFile: { params: { readonly name: "model.json" | "weights.safetensors" | "check.json" | "model.onnx" }; query: null; body: null; answer: Response };
  /** Counts of the catalogue, health of the index, the last import, the model card. */
  adminSummary: { params: null; query: null; body: null; answer: AdminSummary };
  /** Queries without a result, and those with weak matches only. */
  adminQueries: { params: null; query: { readonly kind?: "all" | "none" | "weak"; readonly limit?: number }; body: null; answer: AdminQueries };
  /** The process answers. */
  health: { params: null; query: null; body: null; answer: {
  readonly "status": "ok";
} };
  /** Model and store are open and the server is not stopping; 503 otherwise. */
  ready: { params: null; query: null; body: null; answer: {
  readonly "status": "ready";
} };
  /** Metrics for Prometheus. Open on loopback; elsewhere it needs an admin key. */
  metrics: { params: null; query: null; body: null; answer: Response };
}

/** Where each operation is. A form has a part for files, and perhaps one of JSON. */
export const routes = {
  detect: { method: 'POST', path: '/v1/detect', form: { file: 'photo', json: null } },
  search: { method: 'POST', path: '/v1/search', form: { file: 'photo', json: 'query' } },
  listItems: { method: 'GET', path: '/v1/items', form: null },
  getItem: { method: 'GET', path: '/v1/items/{id}', form: null },
  putItem: { method: 'PUT', path: '/v1/items/{id}', form: { file: 'picture', json: 'item' } },
  deleteItem: { method: 'DELETE', path: '/v1/items/{id}', form: null },
  batchItems: { method: 'POST', path: '/v1/items:batch', form: null },
  similarItems: { method: 'GET', path: '/v1/items/{id}/similar', form: null },
  getPicture: { method: 'GET', path: '/v1/pictures/{product}/{picture}', form: null },
  sendEvents: { method: 'POST', path: '/v1/events', form: null },
  forgetQuery: { method: 'DELETE', path: '/v1/queries/{id}', form: null },
  getModel: { method: 'GET', path: '/v1/model', form: null },
  getModelFile: { method: 'GET', path: '/v1/model/files/{name}', form: null },
  adminSummary: { method: 'GET', path: '/v1/admin/summary', form: null },
  adminQueries: { method: 'GET', path: '/v1/admin/queries', form: null },
  health: { method: 'GET', path: '/healthz', form: null },
  ready: { method: 'GET', path: '/readyz', form: null },
  metrics: { method: 'GET', path: '/metrics', form: null },
} as const;
