import { partName } from '../core/log-part.ts';
import type { Clock, Files, LogStorage } from '../ports.ts';
import type { Spool } from './log-spool.ts';

export type RotationBounds = {
  /** Of one part, before it is packed; it ends at the last end of a line. */
  readonly partBytes: number;
  /** The newest bytes, which stay in the file as they are. */
  readonly keepBytes: number;
  /** More than that stays in it while the server writes as fast as it can. */
  readonly floodBytes: number;
  /** On the disk, parts and file together, for each service. */
  readonly totalBytesMax: number;
  /** Since a part was packed. */
  readonly partAgeMsMax: number;
  /** What lies in the file that long is packed, however little it is. */
  readonly packAgeMs: number;
};

const hourMs = 3_600_000;

/** The newest 32 MiB as they are, before that parts of 2 MiB, 1 GiB and 14 days of all in all. */
export const rotationBounds: RotationBounds = {
  partBytes: 2_097_152,
  keepBytes: 33_554_432,
  floodBytes: 536_870_912,
  totalBytesMax: 1_073_741_824,
  partAgeMsMax: 14 * 24 * hourMs,
  packAgeMs: 24 * hourMs,
};

const newline = 0x0a;
/** Looked back for the end of a line. */
const lineBytes = 65_536;
/** Punched ranges begin and end at blocks. */
const blockBytes = 4_096;
/** A log that grows faster is left alone for a while. */
const floodBytesPerSecond = 16_777_216;
/** Less than this is not worth a part. */
const agedBytesMin = 65_536;
/** Packed in one pass even when little is left over; more when more is, so that a flood is kept up with. */
const partsAPass = 4;
/** Where nothing can be punched, the file grows to this many times what stays in it before it is emptied. */
const growthBeforeCut = 2;

const giveUpIntervalMs = 60_000;

export type Rotation = {
  /** Looks what is to be put away or given up, and does it; one pass at a time, returns at once when one is under way. */
  readonly pass: () => Promise<void>;
};

/**
Keeps a log within its bounds while its server appends: old ranges are packed into parts, then given back to the disk
in place. Nothing is lost by that, and no line gets another name. Where a range cannot be given back, the file is packed
whole and emptied, and `onCut` says how many bytes written meanwhile may be missing.
*/
export const createRotation = (
  { clock, files, storage }: { readonly clock: Clock; readonly files: Files; readonly storage: LogStorage },
  spool: Spool,
  bounds: RotationBounds,
  on: {
    readonly cut: (service: string, lostBytes: number, generation: number) => void;
    readonly dropped: (service: string, bytes: number) => void;
  },
): Rotation => {
  let isPunching = true;
  let isBusy = false;
  let passed = { endByte: spool.state().endByte, steadyMs: clock.steadyMs() };

  const packTo = async (toByte: number): Promise<boolean> => {
    const { generation, baseByte, packedToByte: fromByte } = spool.state();
    const name = partName({ generation, fromByte, toByte }, storage.packing);
    await files.makeFolder(spool.folder, 0o700);
    await storage.pack(spool.path, fromByte - baseByte, toByte - fromByte, `${spool.folder}/${name}`);
    await spool.span();
    const now = spool.state();
    if (now.generation === generation && now.packedToByte === fromByte) {
      spool.addPart({ name, generation, fromByte, toByte });
      return true;
    }
    // The file was emptied while it was read: what was packed may be of two files.
    await files.remove(`${spool.folder}/${name}`);
    return false;
  };

  /** Should the file be emptied by somebody else behind a part, then no line is torn. A very long line is cut. */
  const lineEndBefore = async (byte: number): Promise<number> => {
    const from = Math.max(spool.state().packedToByte, byte - lineBytes);
    const end = (await spool.read(from, byte - from)).lastIndexOf(newline);
    return end === -1 ? byte : from + end + 1;
  };

  /** Packing takes the processor, and freeing the file's lock, from a server that writes as fast as it can. */
  const isFlooded = (): boolean => {
    const { endByte } = spool.state();
    const steadyMs = clock.steadyMs();
    const floodBytes = (Math.max(1, steadyMs - passed.steadyMs) * floodBytesPerSecond) / 1_000;
    const isFlood = endByte - passed.endByte > floodBytes;
    passed = { endByte, steadyMs };
    return isFlood;
  };

  const packSome = async (): Promise<void> => {
    const { packedToByte, endByte } = spool.state();
    const overBytes = endByte - packedToByte - bounds.keepBytes - (isFlooded() ? bounds.floodBytes : 0);
    const count = Math.floor(overBytes / bounds.partBytes);
    const most = Math.max(partsAPass, Math.ceil(count / 2));
    for (let done = 0; done < Math.min(count, most); done += 1) {
      if (!(await packTo(await lineEndBefore(spool.state().packedToByte + bounds.partBytes)))) return;
    }
    if (count <= 0) await packAged();
  };

  const packAged = async (): Promise<void> => {
    const { packedToByte, endByte } = spool.state();
    if (endByte - packedToByte < agedBytesMin) return;
    const seen = spool.seenAt(packedToByte);
    if (seen && clock.nowMs() - seen.atMs > bounds.packAgeMs) await packTo(await lineEndBefore(endByte));
  };

  /** From the file's start on: what an earlier daemon had packed and not yet given back is given back as well. */
  const free = async (): Promise<void> => {
    // Should the file have been emptied since, then this says where it begins now.
    await spool.span();
    const { baseByte, packedToByte } = spool.state();
    const lengthBytes = Math.floor((packedToByte - baseByte) / blockBytes) * blockBytes;
    if (lengthBytes > 0) isPunching = await storage.punch(spool.path, 0, lengthBytes);
  };

  const packAndCut = async (): Promise<void> => {
    const { baseByte, endByte } = spool.state();
    if (endByte - baseByte < (bounds.keepBytes + bounds.partBytes) * growthBeforeCut) return;
    // Pieces get smaller as the end comes near: little is written between the last one and the cut.
    for (;;) {
      const { endByte: toByte } = await spool.span();
      const { packedToByte } = spool.state();
      if (toByte === packedToByte) break;
      if (!(await packTo(Math.min(toByte, packedToByte + bounds.partBytes)))) return;
    }
    const lostBytes = await spool.cut();
    on.cut(spool.service, lostBytes, spool.end().generation);
  };

  const giveUp = async (): Promise<void> => {
    const { parts, packedToByte, endByte } = spool.state();
    const nowMs = clock.nowMs();
    const sizes = await Promise.all(parts.map(({ name }) => files.stat(`${spool.folder}/${name}`)));
    let totalBytes = sizes.reduce((sum, stat) => sum + (stat?.sizeBytes ?? 0), await liveBytes());
    let from = parts[0]?.fromByte ?? packedToByte;
    for (const [place, part] of parts.entries()) {
      const stat = sizes[place];
      const isOld = stat ? nowMs - stat.modifiedAtMs > bounds.partAgeMsMax : true;
      if (!isOld && totalBytes <= bounds.totalBytesMax) break;
      spool.dropBefore(part.toByte);
      await files.remove(`${spool.folder}/${part.name}`);
      totalBytes -= stat?.sizeBytes ?? 0;
      from = part.toByte;
    }
    // Written faster than it can be packed, for longer than there is room.
    if (isPunching && from === packedToByte && endByte - packedToByte > bounds.totalBytesMax) {
      const droppedBytes = endByte - packedToByte - bounds.totalBytesMax + bounds.keepBytes;
      spool.dropBefore(packedToByte + droppedBytes);
      await free();
      on.dropped(spool.service, droppedBytes);
    }
  };

  /** Counted by blocks where the packed ones are given back: the file's size says nothing then. */
  const liveBytes = async (): Promise<number> => {
    const { baseByte, endByte } = spool.state();
    return isPunching ? storage.allocatedBytes(spool.path) : endByte - baseByte;
  };

  let isFreed = false;
  let givenUpMs: number | null = null;
  return {
    pass: async () => {
      if (isBusy) return;
      isBusy = true;
      try {
        const { packedToByte } = spool.state();
        if (isPunching) await packSome();
        if (isPunching && (spool.state().packedToByte > packedToByte || !isFreed)) {
          await free();
          isFreed = true;
        }
        if (!isPunching) await packAndCut();
        const isChanged = spool.state().packedToByte !== packedToByte;
        const steadyMs = clock.steadyMs();
        // Ages and sizes change with each part; else now and then is enough.
        if (isChanged || givenUpMs === null || steadyMs - givenUpMs > giveUpIntervalMs) {
          givenUpMs = steadyMs;
          await giveUp();
        }
      } finally {
        isBusy = false;
      }
    },
  };
};
