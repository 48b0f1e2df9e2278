#!/bin/sh
# Ends with 7 when asked to.
trap 'echo bye; exit 7' TERM
echo up
while :; do sleep 0.02; done
