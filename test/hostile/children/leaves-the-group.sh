#!/bin/sh
# Its child begins a session of its own.
setsid sleep 1000 &
until [ "$(cut -d ' ' -f 6 "/proc/$!/stat")" = $! ]; do :; done
echo up
wait
