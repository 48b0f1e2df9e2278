#!/bin/sh
# A child of it writes after it has ended.
(until [ -e go ]; do sleep 0.01; done; echo late) &
echo up
exit 0
