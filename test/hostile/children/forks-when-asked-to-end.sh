#!/bin/sh
# Answers SIGTERM with five children, then ends.
trap 'for n in 1 2 3 4 5; do sleep 1000 & done; exit 0' TERM
echo up
while :; do sleep 0.05; done
