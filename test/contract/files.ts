import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { Files } from '../../source/ports.ts';

/**
What every Files promises; `folderFor` gives a new empty folder that the test may fill,
`lockedByDead` leaves a lock whose holder is dead.
*/
export const filesContract = (
  create: () => Files,
  folderFor: (t: ExecutionContext) => string | Promise<string>,
  lockedByDead: (path: string) => Promise<void>,
): void => {
  const scene = async (t: ExecutionContext): Promise<{ files: Files; at: (name: string) => string }> => {
    const folder = await folderFor(t);
    return { files: create(), at: (name) => join(folder, name) };
  };

  test('files: what is not there reads as nothing', async (t) => {
    const { files, at } = await scene(t);
    t.is(await files.readText(at('none')), null);
    t.is(await files.stat(at('none')), null);
    t.deepEqual(await files.list(at('none')), []);
    t.is((await files.readRange(at('none'), 0, 10)).length, 0);
    await files.writeAtomic(at('file'), 'x', 0o600);
    t.is(await files.readText(at('file/below')), null);
    await t.notThrowsAsync(files.remove(at('none')));
    await t.notThrowsAsync(files.remove(at('file/below')));
  });

  test('files: a folder does not read as nothing', async (t) => {
    const { files, at } = await scene(t);
    await files.makeFolder(at('folder'), 0o700);
    await t.throwsAsync(files.readText(at('folder')));
  });

  test('files: writeAtomic replaces text and mode, and leaves nothing beside it', async (t) => {
    const { files, at } = await scene(t);
    await files.writeAtomic(at('file'), 'old', 0o644);
    await files.writeAtomic(at('file'), 'new', 0o600);
    t.is(await files.readText(at('file')), 'new');
    const stat = await files.stat(at('file'));
    t.is(stat?.mode, 0o600);
    t.is(stat?.kind, 'file');
    t.is(stat?.sizeBytes, 3);
    t.deepEqual(await files.list(at('.')), ['file']);
  });

  test('files: a failed writeAtomic leaves nothing', async (t) => {
    const { files, at } = await scene(t);
    await files.makeFolder(at('taken/inner'), 0o700);
    await t.throwsAsync(files.writeAtomic(at('taken'), 'x', 0o600));
    t.deepEqual(await files.list(at('.')), ['taken']);
  });

  test('files: append makes and lengthens', async (t) => {
    const { files, at } = await scene(t);
    await files.append(at('log'), 'a\n', 0o600);
    await files.append(at('log'), 'b\n', 0o600);
    t.is(await files.readText(at('log')), 'a\nb\n');
    t.is((await files.stat(at('log')))?.mode, 0o600);
  });

  test('files: readRange stops at the end', async (t) => {
    const { files, at } = await scene(t);
    await files.writeAtomic(at('file'), 'abcdef', 0o600);
    const text = async (from: number, length: number): Promise<string> =>
      Buffer.from(await files.readRange(at('file'), from, length)).toString();
    t.is(await text(2, 3), 'cde');
    t.is(await text(4, 100), 'ef');
    t.is(await text(6, 10), '');
    t.is(await text(100, 10), '');
  });

  test('files: list is sorted; rename moves; remove takes whole trees', async (t) => {
    const { files, at } = await scene(t);
    await files.makeFolder(at('b/deep/er'), 0o700);
    await files.writeAtomic(at('a'), '1', 0o600);
    await files.writeAtomic(at('b/deep/er/c'), '2', 0o600);
    t.deepEqual(await files.list(at('.')), ['a', 'b']);
    await files.rename(at('b'), at('z'));
    t.is(await files.readText(at('z/deep/er/c')), '2');
    await files.remove(at('z'));
    t.deepEqual(await files.list(at('.')), ['a']);
  });

  test('files: remove takes a tree whose folders are read-only', async (t) => {
    const { files, at } = await scene(t);
    await files.makeFolder(at('store/inner'), 0o700);
    await files.writeAtomic(at('store/inner/file'), 'x', 0o444);
    await files.chmod(at('store/inner'), 0o555);
    await files.chmod(at('store'), 0o555);
    await files.remove(at('store'));
    t.is(await files.stat(at('store')), null);
  });

  test('files: makeFolder keeps the mode of a folder that was there', async (t) => {
    const { files, at } = await scene(t);
    await files.makeFolder(at('one'), 0o755);
    await files.makeFolder(at('one'), 0o700);
    t.is((await files.stat(at('one')))?.mode, 0o755);
    t.is((await files.stat(at('one')))?.kind, 'folder');
  });

  test('files: temporary folders differ and keep their prefix', async (t) => {
    const { files, at } = await scene(t);
    const one = await files.makeTemporary(at('.'), 'tmp-');
    const two = await files.makeTemporary(at('.'), 'tmp-');
    t.not(one, two);
    t.true((await files.list(at('.'))).every((name) => name.startsWith('tmp-')));
  });

  test('files: what cannot be done rejects with a code, and changes nothing', async (t) => {
    const { files, at } = await scene(t);
    await files.makeFolder(at('folder/inner'), 0o700);
    await files.makeFolder(at('other'), 0o700);
    await files.writeAtomic(at('file'), 'x', 0o600);
    const refuses = (what: Promise<unknown>, code: string) => t.throwsAsync(what, { code });
    await refuses(files.readText(at('folder')), 'EISDIR');
    await refuses(files.readRange(at('folder'), 0, 1), 'EISDIR');
    await refuses(files.writeAtomic(at('none/file'), 'x', 0o600), 'ENOENT');
    await refuses(files.writeAtomic(at('file/below'), 'x', 0o600), 'ENOTDIR');
    await refuses(files.append(at('none/file'), 'x', 0o600), 'ENOENT');
    await refuses(files.append(at('folder'), 'x', 0o600), 'EISDIR');
    await refuses(files.makeFolder(at('file'), 0o700), 'EEXIST');
    await refuses(files.makeFolder(at('file/below'), 0o700), 'ENOTDIR');
    await refuses(files.makeTemporary(at('none'), 'tmp-'), 'ENOENT');
    await refuses(files.rename(at('none'), at('new')), 'ENOENT');
    await refuses(files.rename(at('file'), at('none/new')), 'ENOENT');
    await refuses(files.rename(at('file'), at('folder')), 'EISDIR');
    await refuses(files.rename(at('folder'), at('file')), 'ENOTDIR');
    await refuses(files.rename(at('other'), at('folder')), 'ENOTEMPTY');
    await refuses(files.realPath(at('none')), 'ENOENT');
    await refuses(files.chmod(at('none'), 0o700), 'ENOENT');
    await refuses(files.sha256(at('none')), 'ENOENT');
    await refuses(files.lock(at('none/lock'), 0), 'ENOENT');
    t.deepEqual(await files.list(at('.')), ['file', 'folder', 'other']);
    t.deepEqual(await files.list(at('file')), []);
    t.deepEqual(await files.list(at('folder')), ['inner']);
  });

  test('files: rename takes the place of a file, and of an empty folder', async (t) => {
    const { files, at } = await scene(t);
    await files.writeAtomic(at('old'), 'old', 0o600);
    await files.writeAtomic(at('new'), 'new', 0o600);
    await files.rename(at('new'), at('old'));
    t.is(await files.readText(at('old')), 'new');
    await files.makeFolder(at('full/inner'), 0o700);
    await files.makeFolder(at('empty'), 0o700);
    await files.rename(at('full'), at('empty'));
    t.deepEqual(await files.list(at('empty')), ['inner']);
    t.deepEqual(await files.list(at('.')), ['empty', 'old']);
  });

  test('files: append keeps the mode; chmod and stat speak of the same', async (t) => {
    const { files, at } = await scene(t);
    await files.append(at('file'), 'a', 0o600);
    await files.chmod(at('file'), 0o640);
    await files.append(at('file'), 'b', 0o600);
    const stat = await files.stat(at('file'));
    t.is(stat?.mode, 0o640);
    t.is(stat?.sizeBytes, 2);
    t.is(stat?.userId, (await files.stat(at('.')))?.userId);
    t.is(await files.realPath(at('./x/../file')), at('file'));
  });

  test('files: sha256 in lower-case hexadecimal', async (t) => {
    const { files, at } = await scene(t);
    await files.writeAtomic(at('file'), 'abc', 0o600);
    // The example of FIPS 180-2, appendix B.1.
    t.is(await files.sha256(at('file')), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });

  test('files: freeBytes answers for a path that is yet to be made', async (t) => {
    const { files, at } = await scene(t);
    t.true((await files.freeBytes(at('not/yet/there'))) > 0);
  });

  test('files: a lock is held by one, told to the next, and free after its release', async (t) => {
    const { files, at } = await scene(t);
    const first = await files.lock(at('lock'), 0);
    if (!('release' in first)) throw new Error('an unheld lock was refused');
    const second = await files.lock(at('lock'), 30);
    if (!('heldBy' in second)) throw new Error('a held lock was given to another');
    t.true(second.heldBy.pid > 0);
    t.false(second.heldBy.startTicks === '' || second.heldBy.bootId === '');
    await first.release();
    await first.release();
    const third = await files.lock(at('lock'), 0);
    t.true('release' in third);
  });

  test('files: who waits for a lock gets it when it is released', async (t) => {
    const { files, at } = await scene(t);
    const first = await files.lock(at('lock'), 0);
    if (!('release' in first)) throw new Error('an unheld lock was refused');
    const waiting = files.lock(at('lock'), 10_000);
    await first.release();
    t.true('release' in (await waiting));
  });

  test('files: the lock of somebody dead is taken over, by one of many', async (t) => {
    const { files, at } = await scene(t);
    await lockedByDead(at('lock'));
    const answers = await Promise.all(Array.from({ length: 8 }, () => files.lock(at('lock'), 0)));
    t.is(answers.filter((answer) => 'release' in answer).length, 1);
    t.deepEqual(await files.list(at('.')), ['lock']);
  });
};
