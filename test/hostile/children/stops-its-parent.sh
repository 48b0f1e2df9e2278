#!/bin/sh
# Stops whoever waits for it, then ends with a code of its own when it is asked to, or when the file is there.
trap 'exit 3' TERM
kill -STOP $PPID
echo up
while [ ! -e end ]; do sleep 0.05; done
exit 4
