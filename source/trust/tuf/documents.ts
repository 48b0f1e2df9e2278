import { Metadata, MetadataKind, type Root, type Snapshot, type Targets, type Timestamp } from '@tufjs/models';

/** Any JSON object, as the models take it. */
type Json = Parameters<typeof Metadata.fromJSON>[1];

export type RootDocument = Metadata<Root>;
export type AnyDocument = Metadata<Root> | Metadata<Targets> | Metadata<Snapshot> | Metadata<Timestamp>;

const unsigned = (signed: object): Json => ({ signed: signed as Json, signatures: [] });

/** Metadata from what is to be signed, with no signature yet. Throws what the models throw for a form that is not TUF's. */
export const draft = {
  root: (signed: object): RootDocument => Metadata.fromJSON(MetadataKind.Root, unsigned(signed)),
  targets: (signed: object): Metadata<Targets> => Metadata.fromJSON(MetadataKind.Targets, unsigned(signed)),
  snapshot: (signed: object): Metadata<Snapshot> => Metadata.fromJSON(MetadataKind.Snapshot, unsigned(signed)),
  timestamp: (signed: object): Metadata<Timestamp> => Metadata.fromJSON(MetadataKind.Timestamp, unsigned(signed)),
};

/** Metadata from its text, unchecked but for its form. Throws what JSON.parse and the models throw. */
export const parse = {
  root: (text: string): RootDocument => Metadata.fromJSON(MetadataKind.Root, JSON.parse(text) as Json),
  targets: (text: string): Metadata<Targets> => Metadata.fromJSON(MetadataKind.Targets, JSON.parse(text) as Json),
  snapshot: (text: string): Metadata<Snapshot> => Metadata.fromJSON(MetadataKind.Snapshot, JSON.parse(text) as Json),
  timestamp: (text: string): Metadata<Timestamp> => Metadata.fromJSON(MetadataKind.Timestamp, JSON.parse(text) as Json),
};

/** Without blanks, so that hardly a byte of it can change without anybody noticing. */
export const textOf = (document: AnyDocument): string => JSON.stringify(document.toJSON());
