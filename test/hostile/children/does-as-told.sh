#!/bin/sh
# Carries out the lines of sh that come in through the fifo `orders` and adds a line to `done` after each. Its output is the log.
[ -p orders ] || mkfifo orders
exec 3<>orders
while read -r order <&3; do
  eval "$order"
  echo done >>done
done
