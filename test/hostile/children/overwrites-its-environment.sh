#!/bin/sh
# A daemon that sets its title over its arguments and its environment, as servers do.
perl -e 'use POSIX; exit if fork; POSIX::setsid(); $0 = "title" x 2000; open(F, ">", "titled"); close F; sleep 1000'
until [ -e titled ]; do :; done
echo up
exec sleep 1000
