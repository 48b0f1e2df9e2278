// Tries once for the lock it is given, says whether it got it, and holds it until its input ends.
import { createFiles } from '../../../source/edge/files.ts';

const answer = await createFiles().lock(process.argv[2] ?? '', 0);
console.log('release' in answer ? 'won' : 'lost');
process.stdin.resume();
