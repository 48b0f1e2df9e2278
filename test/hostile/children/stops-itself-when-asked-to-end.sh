#!/bin/sh
# Answers SIGTERM by stopping itself, with a child beside it in a session of its own.
trap 'echo up again; kill -STOP $$' TERM
setsid /bin/sleep 1000 &
echo up
while :; do sleep 0.05; done
