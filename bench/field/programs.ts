import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** The services of the benchmarks: small programs in sh and perl, which Debian always has, that start in milliseconds. */
export type Programs = {
  /** `trivial FOLDER NAME`: leaves a marker file and sleeps. */
  readonly trivial: string;
  /** `obedient FOLDER NAME READY_MS STOP_MS`: says `ready` and leaves a marker with its pid; on SIGTERM ends after STOP_MS. */
  readonly obedient: string;
  /** `flood FOLDER NAME LINES`: writes so many lines, one write each, then leaves a marker with the seconds it took. */
  readonly flood: string;
  /** `tree FOLDER`: two children, one in its group, one in a session of its own. */
  readonly tree: string;
  /** `stubborn FOLDER`: ignores what asks it to end. */
  readonly stubborn: string;
  /** `daemoniser FOLDER`: runs on beside a daemon it made by the double fork. */
  readonly daemoniser: string;
};

/** Writes the programs into a folder and returns their paths. */
export const writePrograms = (folder: string): Programs => {
  const write = (name: string, text: string): string => {
    const file = path.join(folder, name);
    writeFileSync(file, text);
    chmodSync(file, 0o755);
    return file;
  };
  return {
    trivial: write('trivial', '#!/bin/sh\n: >"$1/$2"\nexec sleep 3600\n'),
    obedient: write('obedient', `${perl}${obedient}`),
    flood: write('flood', `${perl}${flood}`),
    tree: write('tree', `${perl}${noteRole}${tree}`),
    stubborn: write('stubborn', `${perl}${noteRole}${stubborn}`),
    daemoniser: write('daemoniser', `${perl}${noteRole}${daemoniser}`),
  };
};

const perl = `#!/usr/bin/perl
use strict; use warnings; use POSIX ();
my $folder = $ARGV[0];
sub put { my ($name, $text) = @_;
  open my $file, '>', "$folder/.$name.$$" or die; print $file "$text\\n"; close $file; rename "$folder/.$name.$$", "$folder/$name" }
`;

const obedient = `my (undef, $name, $ready_ms, $stop_ms) = @ARGV;
$SIG{TERM} = $SIG{INT} = sub { select undef, undef, undef, $stop_ms / 1000 if $stop_ms; POSIX::_exit(0) };
select undef, undef, undef, $ready_ms / 1000 if $ready_ms;
syswrite STDOUT, "ready\\n";
put($name, $$);
sleep 3600 while 1;
`;

// Times are taken here, so that how long the supervisor needs to start this is no part of them.
const flood = `require Time::HiRes;
my (undef, $name, $lines) = @ARGV;
put("$name.pid", $$);
my $text = 'x' x 62;
my $begun = Time::HiRes::time();
for my $line (1 .. $lines) {
  my $whole = sprintf("%08d %s\\n", $line, $text);
  my $done = 0;
  $done += (syswrite(STDOUT, $whole, length($whole) - $done, $done) // die "$!") while $done < length $whole;
}
put($name, Time::HiRes::time() - $begun);
sleep 3600 while 1;
`;

/** Each role notes its pid and start time: it is found again also when it shed every mark. */
const noteRole = `sub note { my ($role) = @_;
  open my $stat, '<', '/proc/self/stat' or die; my $text = <$stat>; close $stat;
  my $start = (split ' ', substr $text, rindex($text, ')') + 2)[19];
  put($role, "$$ $start") }
sub rest { sleep 3600 while 1 }
`;

const tree = `$SIG{TERM} = $SIG{INT} = $SIG{HUP} = sub { POSIX::_exit(0) };
for my $role ('same-group', 'setsid') {
  next if fork;
  $SIG{$_} = 'DEFAULT' for qw(TERM INT HUP);
  POSIX::setsid() if $role eq 'setsid';
  note($role); rest();
}
note('tree'); rest();
`;

const stubborn = `$SIG{$_} = 'IGNORE' for qw(TERM INT HUP);
note('stubborn'); rest();
`;

const daemoniser = `if (my $between = fork) { waitpid $between, 0 }
else { POSIX::setsid(); POSIX::_exit(0) if fork; note('daemon'); rest() }
$SIG{TERM} = $SIG{INT} = $SIG{HUP} = sub { POSIX::_exit(0) };
note('daemoniser'); rest();
`;
