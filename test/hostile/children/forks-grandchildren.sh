#!/bin/sh
# Has a child and a grandchild, and does not wait for them when asked to end.
sh -c 'sleep 1000; :' &
echo up
wait
